package dev.keycloakmcp.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FreshnessTest {

    private static final Freshness FRESHNESS = new Freshness(Freshness.FIVE_MINUTES, 86_400);

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiterString = "|",
            value = {
                "max-age=600 | 600",
                "public, max-age=600 | 600",
                "MAX-AGE = 600 | 600",
                "max-age=\"600\" | 600",
                "max-age=60 | 300",
                "max-age=0 | 300",
                "max-age=86400 | 86400",
                "max-age=31536000, immutable | 86400",
                "max-age=99999999999999999999999 | 86400",
                "max-age=9999999999999999 | 86400",
                "max-age=-5 | 300",
                "max-age=soon | 300",
                "max-age= | 300",
                "max-age=700, max-age=600 | 600",
                "s-maxage=700, max-age=9000 | 700",
                "max-age=9000, s-maxage=700 | 700",
                "no-store, max-age=9000 | 300",
                "no-cache, max-age=9000 | 300",
                "no-cache=\"x\", max-age=9000 | 300",
                "private, max-age=9000 | 300",
                "must-revalidate | 3600",
                ", | 3600",
            })
    void cache_control_counts_within_limits(String header, long seconds) {
        assertThat(FRESHNESS.seconds(cacheControl(header))).isEqualTo(seconds);
    }

    @Test
    void several_headers_are_one() {
        assertThat(FRESHNESS.seconds(cacheControl("public", "max-age=900"))).isEqualTo(900);
        assertThat(FRESHNESS.seconds(cacheControl("no-store", "max-age=900"))).isEqualTo(300);
    }

    @Test
    void without_headers_it_is_an_hour() {
        assertThat(FRESHNESS.seconds(Freshness.Headers.none())).isEqualTo(3600);
    }

    @ParameterizedTest(name = "{0} at {1}")
    @CsvSource(
            delimiterString = "|",
            value = {
                "Fri, 27 Nov 2026 12:30:00 GMT | Fri, 27 Nov 2026 12:00:00 GMT | 1800",
                "Sat, 28 Nov 2026 13:00:00 GMT | Fri, 27 Nov 2026 12:00:00 GMT | 86400",
                "Fri, 27 Nov 2026 11:00:00 GMT | Fri, 27 Nov 2026 12:00:00 GMT | 300",
                "0 | Fri, 27 Nov 2026 12:00:00 GMT | 300",
                "Fri, 27 Nov 2026 12:30:00 GMT | yesterday | 300",
            })
    void expires_counts_where_cache_control_does_not_say(String expires, String date, long seconds) {
        Freshness.Headers headers = new Freshness.Headers(List.of(), List.of(expires), List.of(date), List.of());
        assertThat(FRESHNESS.seconds(headers)).isEqualTo(seconds);
        assertThat(FRESHNESS.seconds(
                        new Freshness.Headers(List.of("max-age=601"), List.of(expires), List.of(date), List.of())))
                .isEqualTo(601);
    }

    @Test
    void two_expiry_dates_are_none() {
        String date = "Fri, 27 Nov 2026 12:00:00 GMT";
        String later = "Fri, 27 Nov 2026 18:00:00 GMT";
        assertThat(FRESHNESS.seconds(new Freshness.Headers(List.of(), List.of(later, later), List.of(date), List.of())))
                .isEqualTo(300);
    }

    @Test
    void the_time_in_caches_before_this_one_is_taken_off() {
        assertThat(FRESHNESS.seconds(aged("max-age=1000", "400"))).isEqualTo(600);
        assertThat(FRESHNESS.seconds(aged("max-age=1000", "900"))).isEqualTo(300);
        assertThat(FRESHNESS.seconds(aged("max-age=1000", "-1"))).isEqualTo(1000);
        assertThat(FRESHNESS.seconds(aged("max-age=1000", "99999999999999999999")))
                .isEqualTo(300);
        assertThat(FRESHNESS.seconds(aged("max-age=1000", "100", "500"))).isEqualTo(500);
    }

    @Test
    void an_administrator_may_want_less_than_the_least() {
        assertThat(new Freshness(300, 10).seconds(cacheControl("max-age=600"))).isEqualTo(300);
        assertThat(new Freshness(0, 10).seconds(cacheControl("max-age=600"))).isEqualTo(10);
    }

    @Property
    void whatever_the_headers_say_it_is_within_the_limits(
            @ForAll String cacheControl, @ForAll String expires, @ForAll String date, @ForAll String age) {
        Freshness.Headers headers = new Freshness.Headers(
                List.of(cacheControl, "max-age=" + age), List.of(expires), List.of(date), List.of(age));
        assertThat(FRESHNESS.seconds(headers)).isBetween(300L, 86_400L);
    }

    private static Freshness.Headers cacheControl(String... values) {
        return new Freshness.Headers(Arrays.asList(values), List.of(), List.of(), List.of());
    }

    private static Freshness.Headers aged(String cacheControl, String... age) {
        return new Freshness.Headers(List.of(cacheControl), List.of(), List.of(), Arrays.asList(age));
    }
}

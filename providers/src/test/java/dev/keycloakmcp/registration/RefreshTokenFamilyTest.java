package dev.keycloakmcp.registration;

import static dev.keycloakmcp.registration.RefreshTokenFamily.Use.AGAIN;
import static dev.keycloakmcp.registration.RefreshTokenFamily.Use.FIRST;
import static dev.keycloakmcp.registration.RefreshTokenFamily.Use.REUSED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RefreshTokenFamilyTest {

    private static final int GRACE = RefreshTokenFamily.GRACE_SECONDS;

    private final RefreshTokenFamily start = RefreshTokenFamily.startingWith("t0", 1000);

    @Test
    void a_token_is_good_once() {
        assertThat(start.use("t0", 1000)).isEqualTo(FIRST);
        assertThat(start.use("t0", 999_999)).isEqualTo(FIRST);
        RefreshTokenFamily next = start.refreshed("t0", "t1", 2000);
        assertThat(next.use("t1", 999_999)).isEqualTo(FIRST);
        assertThat(next.use("t0", 2000)).isEqualTo(AGAIN);
        assertThat(next.use("t0", 2000 + GRACE)).isEqualTo(AGAIN);
        assertThat(next.use("t0", 2001 + GRACE)).isEqualTo(REUSED);
        assertThat(next.lastRefresh()).isEqualTo(2000);
    }

    @Test
    void a_token_of_another_login_is_not_of_the_family() {
        assertThat(start.use("other", 1000)).isEqualTo(REUSED);
    }

    @Test
    void siblings_of_parallel_refreshes_stay_good() {
        RefreshTokenFamily parallel =
                start.refreshed("t0", "a", 2000).refreshed("t0", "b", 2001).refreshed("t0", "c", 2001);
        RefreshTokenFamily later = parallel.refreshed("c", "d", 2300);
        assertThat(later.use("a", 2302)).isEqualTo(FIRST);
        assertThat(later.use("c", 2302)).isEqualTo(AGAIN);
        assertThat(later.use("t0", 2302)).isEqualTo(REUSED);
    }

    @Test
    void using_a_token_again_does_not_prolong_its_grace() {
        RefreshTokenFamily again = start.refreshed("t0", "a", 2000).refreshed("t0", "b", 2000 + GRACE);
        assertThat(again.use("t0", 2001 + GRACE)).isEqualTo(REUSED);
    }

    @Test
    void unused_siblings_are_bounded_and_the_oldest_go_gently() {
        RefreshTokenFamily family = start;
        for (int sibling = 0; sibling <= RefreshTokenFamily.MOST_UNUSED; sibling++) {
            family = family.refreshed("t0", "s" + sibling, 2000);
        }
        assertThat(family.unused()).hasSize(RefreshTokenFamily.MOST_UNUSED);
        assertThat(family.use("s0", 2001)).isEqualTo(AGAIN);
        assertThat(family.use("s0", 2001 + GRACE)).isEqualTo(REUSED);
        assertThat(family.use("s1", 999_999)).isEqualTo(FIRST);
    }

    @Test
    void of_a_family_that_ended_every_token_counts_as_used() {
        RefreshTokenFamily ended = RefreshTokenFamily.ended(2000);
        assertThat(RefreshTokenFamily.read(ended.write())).contains(ended);
        assertThat(ended.use("t0", 2000)).isEqualTo(REUSED);
        assertThat(ended.lastRefresh()).isEqualTo(2000);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", "t0@1", "a|b|c"})
    void what_is_no_note_is_no_family(String note) {
        assertThat(RefreshTokenFamily.read(note)).isEmpty();
    }

    @Test
    void entries_that_cannot_be_read_are_left_out() {
        assertThat(RefreshTokenFamily.read("a@1 b @x @2 c@d@3|"))
                .contains(new RefreshTokenFamily(
                        List.of(new RefreshTokenFamily.Entry("a", 1), new RefreshTokenFamily.Entry("c@d", 3)),
                        List.of()));
        assertThat(RefreshTokenFamily.read("|").orElseThrow().lastRefresh()).isZero();
    }

    @Property
    void a_note_says_what_the_family_is(@ForAll @Size(max = 60) List<@IntRange(max = 20) Integer> steps) {
        RefreshTokenFamily family = start;
        long now = 2000;
        int made = 0;
        for (int step : steps) {
            now += step;
            List<RefreshTokenFamily.Entry> free = family.unused();
            String used = free.get(step % free.size()).id();
            family = family.refreshed(used, "n" + made++, now);
            assertThat(RefreshTokenFamily.read(family.write())).contains(family);
            assertThat(family.use(used, now + GRACE + 1)).isEqualTo(REUSED);
            assertThat(family.write().length()).isLessThan(8000);
        }
    }
}

package dev.keycloakmcp.consent;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeriodTest {

    @ParameterizedTest
    @CsvSource({
        "-5, 1, MINUTES",
        "0, 1, MINUTES",
        "1, 1, MINUTES",
        "60, 1, MINUTES",
        "61, 2, MINUTES",
        "300, 5, MINUTES",
        "7199, 120, MINUTES",
        "7200, 2, HOURS",
        "7201, 3, HOURS",
        "36000, 10, HOURS",
        "172799, 48, HOURS",
        "172800, 2, DAYS",
        "2592000, 30, DAYS",
    })
    void people_say_it_in_the_largest_unit(long seconds, long amount, Period.Unit unit) {
        assertThat(Period.ofSeconds(seconds)).isEqualTo(new Period(amount, unit));
    }
}

package dev.keycloakmcp.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SuspensionTimeTest {

    @ParameterizedTest
    @CsvSource({
        "100, 100, true",
        "99, 100, true",
        "101, 100, false",
        ", 100, false",
        "x, 100, false",
        "-1, 100, false",
        "100, , false",
        "100, x, false",
        "100, 9999999999999, false"
    })
    void a_suspension_that_is_not_younger_than_the_one_that_was_lifted_is_of_a_stale_copy(
            @Nullable String suspended, @Nullable String lifted, boolean stale) {
        assertThat(SuspensionTime.of(suspended, lifted).isStale()).isEqualTo(stale);
    }

    @Test
    void the_next_one_is_younger_than_what_was_lifted_whatever_the_clock_says() {
        assertThat(SuspensionTime.of(null, null).next(100)).isEqualTo(100);
        assertThat(SuspensionTime.of(null, null).next(0)).isZero();
        assertThat(SuspensionTime.of(null, "100").next(100)).isEqualTo(101);
        assertThat(SuspensionTime.of(null, "100").next(200)).isEqualTo(200);
        assertThat(SuspensionTime.of("150", null).next(100)).isEqualTo(150);
        assertThat(SuspensionTime.of("150", "200").next(100)).isEqualTo(201);
    }
}

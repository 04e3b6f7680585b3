package dev.keycloakmcp.registration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistrationLimitsTest {

    @ParameterizedTest
    @CsvSource({
        "10, 0, 0",
        "10, 9, 0",
        "10, 10, 1",
        "10, 12, 3",
        "0, 1000, 0",
        "-1, 1000, 0",
        "1, 9999999999, 2147483647"
    })
    void excess(int most, long registered, int expected) {
        assertThat(new RegistrationLimits(1, 1, most, true).excess(registered)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, true", "0, 1, false", "1, 0, false"})
    void limits_sources(int perSource, int window, boolean expected) {
        assertThat(new RegistrationLimits(perSource, window, 1, true).limitsSources())
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"0, 3600, 0, 3600", "3599, 3600, 0, 1", "3600, 3600, 1, 3600", "7201, 3600, 2, 3599", "5, 1, 5, 1"})
    void windows(long now, int length, long number, int left) {
        assertThat(Window.of(now, length)).isEqualTo(new Window(number, left));
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 192.0.2.7",
        "2001:db8:1:2:3:4:5:6, 2001:db8:1:2::/64",
        "2001:DB8:1:2:ffff:ffff:ffff:ffff, 2001:db8:1:2::/64",
        "2001:0db8:0001:0002::1, 2001:db8:1:2::/64",
        "2001:db8::1, 2001:db8:0:0::/64",
        "::1, 0:0:0:0::/64",
        "::, 0:0:0:0::/64",
        "fe80::1%eth0, fe80:0:0:0::/64",
        "[2001:db8::1], 2001:db8:0:0::/64",
        "1::3:4:5:6:7:8, 1:0:3:4::/64",
        "::3:4:5:6:7:8, 0:0:3:4::/64",
        "::ffff:192.0.2.7, 192.0.2.7",
        "localhost, localhost",
    })
    void sources(String address, String source) {
        assertThat(RegistrationSource.of(address)).isEqualTo(source);
    }
}

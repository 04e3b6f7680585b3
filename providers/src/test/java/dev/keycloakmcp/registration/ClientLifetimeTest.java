package dev.keycloakmcp.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientLifetimeTest {

    private static final long REGISTERED = 1_000_000;

    @ParameterizedTest(name = "unused {0} h, idle {1} d, last use after {2} s, now after {3} s: {4}")
    @CsvSource({
        "24, 60, , 0,",
        "24, 60, , 86399,",
        "24, 60, , 86400, unused",
        "1, 60, , 3600, unused",
        "0, 60, , 999999999,",
        "24, 60, 10, 86400,",
        "24, 60, 10, 5270409,",
        "24, 60, 10, 5270410, idle",
        "24, 1, 10, 172809,",
        "24, 1, 10, 172810, idle",
        "24, 0, 10, 999999999,",
        "0, 0, , 999999999,",
        "-1, -1, , 999999999,",
    })
    void expires(int unusedHours, int idleDays, Long lastUsed, long now, String reason) {
        OptionalLong used = lastUsed == null ? OptionalLong.empty() : OptionalLong.of(REGISTERED + lastUsed);
        assertThat(new ClientLifetime(unusedHours, idleDays)
                        .expired(REGISTERED, used, REGISTERED + now)
                        .map(ClientLifetime.Expiry::value))
                .isEqualTo(Optional.ofNullable(reason));
    }
}

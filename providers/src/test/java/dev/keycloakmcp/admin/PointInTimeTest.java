package dev.keycloakmcp.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PointInTimeTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "1767225600000, 1767225600000, 1767225600000",
        "2026-01-01T00:00:00Z, 1767225600000, 1767225600000",
        "2026-01-01T01:00:00+01:00, 1767225600000, 1767225600000",
        "2026-01-01T00:00:00.250Z, 1767225600250, 1767225600250",
        "2026-01-01, 1767225600000, 1767311999999",
    })
    void times_are_read(String text, long start, long end) {
        assertThat(PointInTime.parse(text, false)).contains(start);
        assertThat(PointInTime.parse(text, true)).contains(end);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "yesterday",
                "-1",
                "1e3",
                "2026-13-01",
                "2026-02-30",
                "2026-1-1",
                "2026-01-01T00:00:00",
                "99999999999999999999",
                "2026-01-01Z",
                "+1000000000-01-01T00:00:00Z"
            })
    void everything_else_is_not(String text) {
        assertThat(PointInTime.parse(text, false)).isEmpty();
    }
}

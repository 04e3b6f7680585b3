package dev.keycloakmcp.linkage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.linkage.TestedVersions.Standing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestedVersionsTest {

    @ParameterizedTest
    @CsvSource({
        "26.7.0, TESTED",
        "26.7.5, TESTED",
        "26.7.4, TESTED_MINOR",
        "26.7.5.redhat-00001, TESTED_MINOR",
        "26.7, TESTED_MINOR",
        "26.8.2, UNTESTED",
        "26.70.0, UNTESTED",
        "27.7.5, UNTESTED",
        "999.0.0-SNAPSHOT, UNTESTED",
        "unknown, UNTESTED",
        "'', UNTESTED"
    })
    void standing(String version, Standing standing) {
        assertThat(TestedVersions.of(version)).isEqualTo(standing);
    }

    @Test
    void each_tested_version_is_tested() {
        assertThat(TestedVersions.ALL)
                .allSatisfy(version -> assertThat(TestedVersions.of(version)).isEqualTo(Standing.TESTED));
    }
}

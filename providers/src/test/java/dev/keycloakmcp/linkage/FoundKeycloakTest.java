package dev.keycloakmcp.linkage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FoundKeycloakTest {

    private static FoundKeycloak found(String version, String... features) {
        return new FoundKeycloak("1.0", version, List.of(features));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "26.7.5 | Keycloak MCP Policies 1.0 on Keycloak 26.7.5 (tested)",
                "26.7.9 | Keycloak MCP Policies 1.0 on Keycloak 26.7.9 (not tested itself, other releases of this minor version are)",
                "26.8.2 | Keycloak MCP Policies 1.0 on Keycloak 26.8.2 (untested)"
            })
    void one_line_says_the_versions_and_whether_they_were_tested(String version, String line) {
        assertThat(found(version).line()).isEqualTo(line);
    }

    @Test
    void the_line_names_the_features_that_change_what_it_does() {
        FoundKeycloak found = found("26.7.5", "scripts", "stateless");
        assertThat(found.line()).endsWith(" (tested); features that change what it does: scripts, stateless");
        assertThat(found.has("stateless")).isTrue();
        assertThat(found.has("cimd")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"26.7.0, false", "26.7.4, false", "26.8.0, true", "999.0.0-SNAPSHOT, true"})
    void only_a_minor_version_that_nobody_tested_is_warned_of(String version, boolean warned) {
        assertThat(found(version).warning().isPresent()).isEqualTo(warned);
    }

    @Test
    void the_warning_says_what_was_tested_and_what_to_do() {
        assertThat(found("26.8.2").warning()).hasValueSatisfying(warning -> assertThat(warning)
                .startsWith("Keycloak 26.8.2 was not tested with Keycloak MCP Policies 1.0 (tested: 26.7.0, ")
                .contains("kc-check.sh"));
    }
}

package dev.keycloakmcp.itest.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.LogFile;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the extension says when a server starts, in a real log. */
@KeycloakTest
class StartLineIT {

    /** The text of lines of the log, without time, level and category. */
    private static List<String> said(KeycloakServer keycloak, String text) {
        return LogFile.since(keycloak.logFile(), 0)
                .lines()
                .filter(line -> line.contains(text))
                .toList();
    }

    @Test
    void one_line_says_which_keycloak_it_is_and_that_it_was_tested(KeycloakServer keycloak) {
        String version = keycloak.admin().serverInfo().getInfo().getSystemInfo().getVersion();
        assertThat(said(keycloak, "Keycloak MCP Policies ")).singleElement().satisfies(line -> assertThat(line)
                .contains(" INFO ")
                .containsPattern(
                        "Keycloak MCP Policies \\d+\\.\\S+ on Keycloak " + version.replace(".", "\\.") + " \\(")
                .doesNotContain("features that change"));
    }

    @Test
    void only_a_minor_version_that_nobody_tested_is_warned_of(KeycloakServer keycloak) {
        boolean tested = keycloak.admin()
                .serverInfo()
                .getInfo()
                .getSystemInfo()
                .getVersion()
                .startsWith("26.7.");
        assertThat(said(keycloak, "was not tested with Keycloak MCP Policies")).hasSize(tested ? 0 : 1);
        assertThat(said(keycloak, " (untested)")).hasSize(tested ? 0 : 1);
    }
}

package dev.keycloakmcp.registration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.resource.ResourceIndicator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistrationSettingsTest {

    private static RegistrationSettings stored(Map<String, List<String>> values) {
        return new RegistrationSettings(values::get);
    }

    private static RegistrationSettings stored(String key, String... values) {
        return stored(Map.of(key, List.of(values)));
    }

    @Test
    void nothing_set_is_the_contract() {
        RegistrationSettings settings = stored(Map.of());
        assertThat(settings.policy())
                .isEqualTo(new RegistrationPolicy(
                        new RedirectUriRule(true, List.of(), Set.of()),
                        Set.of("authorization_code", "refresh_token"),
                        true,
                        List.of(),
                        Optional.empty(),
                        Set.of("offline_access"),
                        true));
        assertThat(settings.limits()).isEqualTo(new RegistrationLimits(60, 3600, 10_000, true));
        assertThat(settings.lifetime()).isEqualTo(new ClientLifetime(24, 60));
        assertThat(settings.problem()).isEmpty();
    }

    @Test
    void values_are_read() {
        RegistrationSettings settings = stored(Map.ofEntries(
                Map.entry("loopback-redirects", List.of("false")),
                Map.entry("https-redirect-hosts", List.of("claude.ai", "*.cursor.com, nonsense.*")),
                Map.entry("private-use-schemes", List.of("Cursor vscode", "https")),
                Map.entry("allowed-grant-types", List.of("authorization_code")),
                Map.entry("confidential-clients", List.of("false")),
                Map.entry("default-resource", List.of("https://mcp.example.com/mcp")),
                Map.entry("extra-scopes", List.of("none", "profile")),
                Map.entry("consent-required", List.of("false")),
                Map.entry("max-registrations-per-source", List.of("1")),
                Map.entry("source-window-seconds", List.of("2")),
                Map.entry("max-clients", List.of("0")),
                Map.entry("unused-expiry-hours", List.of("3")),
                Map.entry("idle-expiry-days", List.of("4")),
                Map.entry("reuse-identical", List.of("false"))));
        assertThat(settings.policy())
                .isEqualTo(new RegistrationPolicy(
                        new RedirectUriRule(
                                false,
                                List.of(
                                        HostPattern.parse("claude.ai").orElseThrow(),
                                        HostPattern.parse("*.cursor.com").orElseThrow()),
                                Set.of("cursor", "vscode")),
                        Set.of("authorization_code"),
                        false,
                        List.of(),
                        ResourceIndicator.parse("https://mcp.example.com/mcp"),
                        Set.of("profile"),
                        false));
        assertThat(settings.limits()).isEqualTo(new RegistrationLimits(1, 2, 0, false));
        assertThat(settings.lifetime()).isEqualTo(new ClientLifetime(3, 4));
    }

    @Test
    void what_is_misspelt_falls_to_the_safe_side() {
        for (String misspelt : List.of("yes", "ture", "1")) {
            assertThat(stored("loopback-redirects", misspelt).policy().redirects())
                    .isEqualTo(new RedirectUriRule(false, List.of(), Set.of()));
            assertThat(stored("confidential-clients", misspelt).policy().confidentialClients())
                    .isFalse();
            assertThat(stored("consent-required", misspelt).policy().consentRequired())
                    .isTrue();
            assertThat(stored("reuse-identical", misspelt).limits().reuseIdentical())
                    .isFalse();
        }
        assertThat(stored("max-clients", "10k").limits().maxClients()).isEqualTo(10_000);
        assertThat(stored("idle-expiry-days", "-1").lifetime().idleDays()).isEqualTo(60);
    }

    @Test
    void a_malformed_pattern_allows_no_server() {
        assertThat(stored("allowed-resources", "not a pattern").policy().allowedResources())
                .isNotEmpty();
    }

    @Test
    void a_malformed_default_is_none() {
        assertThat(stored("default-resource", "mcp").policy().defaultResource()).isEmpty();
        assertThat(stored("default-resource", "").policy().defaultResource()).isEmpty();
        assertThat(stored("default-resource", "https://a.example", "https://b.example")
                        .policy()
                        .defaultResource())
                .isEmpty();
    }

    @Test
    void devices_may_be_allowed() {
        assertThat(stored("allowed-grant-types", "authorization_code urn:ietf:params:oauth:grant-type:device_code")
                        .policy()
                        .allowedGrantTypes())
                .containsExactlyInAnyOrder("authorization_code", "urn:ietf:params:oauth:grant-type:device_code");
    }

    @Test
    void no_grant_type_selected_is_all_and_nothing_extra_can_be_said() {
        assertThat(stored("allowed-grant-types", "").policy().allowedGrantTypes())
                .containsExactlyInAnyOrder("authorization_code", "refresh_token");
        assertThat(stored("extra-scopes", "none").policy().extraScopes()).isEmpty();
        assertThat(stored("extra-scopes", "").policy().extraScopes()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "loopback-redirects | yes | 'loopback-redirects' has to be true or false",
                "https-redirect-hosts | *.com | 'https-redirect-hosts': '*.com' is not a host such as claude.ai",
                "private-use-schemes | https | 'private-use-schemes': 'https' is not a private-use scheme",
                "allowed-grant-types | password | 'allowed-grant-types': 'password' is not one of",
                "default-resource | mcp | 'default-resource' has to be the URI of one MCP server, but is 'mcp'",
                "default-resource | https://*.example.com | 'default-resource' has to be the URI of one MCP server",
                "max-clients | -1 | 'max-clients' has to be a whole number from 0 to 999999999",
                "reuse-identical | ture | 'reuse-identical' has to be true or false"
            },
            quoteCharacter = '"')
    void saving_refuses_what_cannot_be_meant(String key, String value, String problem) {
        assertThat(stored(key, value).problem())
                .hasValueSatisfying(told -> assertThat(told).startsWith(problem));
    }
}

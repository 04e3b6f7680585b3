package dev.keycloakmcp.machine.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.machine.CredentialRule;
import dev.keycloakmcp.machine.MachineRule;
import dev.keycloakmcp.resource.WhenMissing;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.keycloak.util.JsonSerialization;

/** As Keycloak makes the configuration from JSON. */
class McpClientCredentialsConfigurationTest {

    private static McpClientCredentialsConfiguration of(Map<String, Object> json) {
        return JsonSerialization.mapper.convertValue(json, McpClientCredentialsConfiguration.class);
    }

    @Test
    void nothing_set_is_the_contract() {
        assertThat(of(Map.of()).rule()).isEqualTo(new MachineRule(WhenMissing.INFER, false, false, 300));
        assertThat(of(Map.of()).credentialRule())
                .isEqualTo(new CredentialRule(
                        Set.of("private_key_jwt", "client_secret_basic", "client_secret_post", "tls_client_auth"),
                        300,
                        0));
    }

    @Test
    void values_are_read_as_text_or_as_json() {
        assertThat(of(Map.of(
                                "require-explicit-scope", "true",
                                "allow-dynamically-registered", true,
                                "max-token-lifetime", "60"))
                        .rule())
                .isEqualTo(new MachineRule(WhenMissing.INFER, true, true, 60));
        for (Object methods : List.of(List.of("private_key_jwt"), "private_key_jwt", " private_key_jwt##")) {
            assertThat(of(Map.of("allowed-auth-methods", methods, "max-secret-age-days", 90))
                            .credentialRule())
                    .isEqualTo(new CredentialRule(Set.of("private_key_jwt"), 300, 90));
        }
    }

    @Test
    void what_is_misspelt_falls_to_the_safe_side() {
        for (Object misspelt : Arrays.asList("yes", "ture", 1, List.of("true", "false"))) {
            assertThat(of(Map.of("require-explicit-scope", misspelt)).rule().requireExplicitScope())
                    .isTrue();
            assertThat(of(Map.of("allow-dynamically-registered", misspelt))
                            .rule()
                            .allowDynamicallyRegistered())
                    .isFalse();
        }
        assertThat(of(Map.of("max-token-lifetime", "0")).rule().maxTokenLifetimeSeconds())
                .isEqualTo(300);
        assertThat(of(Map.of("max-secret-age-days", "9O")).credentialRule().maxSecretAgeDays())
                .isEqualTo(1);
        assertThat(of(Map.of("max-secret-age-days", "0")).credentialRule().maxSecretAgeDays())
                .isZero();
        assertThat(of(Map.of("max-secret-age-days", " ")).credentialRule().maxSecretAgeDays())
                .isZero();
        assertThat(of(Map.of("allowed-auth-methods", "")).credentialRule().allowedMethods())
                .as("otherwise nobody could authenticate")
                .hasSize(4);
    }
}

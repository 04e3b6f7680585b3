package dev.keycloakmcp.itest.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Metadata says what the extension asks of an authorization server, and nothing that a policy would refuse. */
@KeycloakTest
class MachineMetadataIT {

    private static final String METHODS = "token_endpoint_auth_methods_supported";
    private static final String ALGORITHMS = "token_endpoint_auth_signing_alg_values_supported";

    private static List<JsonNode> documents(TestRealm realm) {
        return List.of(
                realm.oauth().metadata(),
                realm.oauth()
                        .get(URI.create(realm.server().baseUri() + "/.well-known/oauth-authorization-server/realms/"
                                + realm.name()))
                        .expect(200)
                        .json());
    }

    private static List<String> values(JsonNode document, String member) {
        return document.path(member).valueStream().map(JsonNode::asText).toList();
    }

    @Test
    void what_the_policy_accepts_is_announced(KeycloakServer keycloak) {
        try (TestRealm realm = MachineRealm.create(keycloak, Map.of())) {
            for (JsonNode document : documents(realm)) {
                assertThat(values(document, METHODS))
                        .contains("private_key_jwt", "client_secret_basic", "client_secret_post")
                        .doesNotContain("client_secret_jwt");
                assertThat(values(document, ALGORITHMS))
                        .contains("RS256", "ES256", "PS256")
                        .noneMatch(algorithm -> algorithm.startsWith("HS"));
            }

            MachineRealm.configure(realm, Map.of("allowed-auth-methods", List.of("private_key_jwt")));
            for (JsonNode document : documents(realm)) {
                assertThat(values(document, METHODS))
                        .filteredOn(method -> !"none".equals(method))
                        .containsExactly("private_key_jwt");
            }

            MachineRealm.configure(realm, Map.of("allowed-auth-methods", "client_secret_basic"));
            for (JsonNode document : documents(realm)) {
                assertThat(values(document, METHODS))
                        .filteredOn(method -> !"none".equals(method))
                        .containsExactly("client_secret_basic");
                assertThat(document.has(ALGORITHMS)).isFalse();
            }
        }
    }

    @Test
    void without_a_policy_that_is_enforced_it_is_keycloaks_own(KeycloakServer keycloak) {
        try (TestRealm stock = MachineRealm.createWithoutPolicy(keycloak);
                TestRealm reporting = MachineRealm.create(
                        keycloak, Map.of("enforcement", "report", "allowed-auth-methods", "private_key_jwt"))) {
            for (TestRealm realm : List.of(stock, reporting)) {
                for (JsonNode document : documents(realm)) {
                    assertThat(values(document, METHODS)).contains("client_secret_jwt", "client_secret_basic");
                    assertThat(values(document, ALGORITHMS)).contains("HS256", "RS256");
                }
            }
        }
    }
}

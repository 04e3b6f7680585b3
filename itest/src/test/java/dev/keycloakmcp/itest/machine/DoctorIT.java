package dev.keycloakmcp.itest.machine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.ClientPoliciesRepresentation;

/** The doctor finds what is wrong in a real realm, and no error in the one that is there to copy from. */
@KeycloakTest
class DoctorIT {

    private static URI uri(TestRealm realm) {
        return realm.adminUri("mcp/doctor");
    }

    private static List<JsonNode> examine(KeycloakServer keycloak, TestRealm realm) {
        return realm.oauth()
                .get(uri(realm), keycloak.adminToken())
                .expect(200)
                .json()
                .valueStream()
                .toList();
    }

    private static List<String> ids(List<JsonNode> findings) {
        return findings.stream().map(finding -> finding.get("id").asText()).toList();
    }

    @Test
    void a_new_realm_is_told_how_to_begin(KeycloakServer keycloak) {
        try (TestRealm realm = TestRealm.create(keycloak, "doctor")) {
            assertThat(examine(keycloak, realm)).singleElement().satisfies(finding -> {
                assertThat(finding.get("id").asText()).isEqualTo("not-in-use");
                assertThat(finding.get("severity").asText()).isEqualTo("info");
                assertThat(finding.get("problem").asText()).isNotBlank();
                assertThat(finding.get("fix").asText()).contains("apply.sh");
            });
        }
    }

    @Test
    void the_realm_to_copy_from_has_no_error(KeycloakServer keycloak) {
        try (TestRealm realm = TestRealm.load(keycloak, "realm-config/agent-mesh-realm.json")) {
            assertThat(examine(keycloak, realm))
                    .noneMatch(finding -> finding.get("severity").asText().equals("error"));
        }
    }

    @Test
    void mistakes_are_found_and_gone_when_they_are_mended(KeycloakServer keycloak) {
        try (TestRealm realm = TestRealm.load(keycloak, "realm-config/agent-mesh-realm.json")) {
            List<String> before = ids(examine(keycloak, realm));
            ClientPoliciesRepresentation policies =
                    realm.admin().clientPoliciesPoliciesResource().getPolicies();
            realm.admin().clientPoliciesPoliciesResource().updatePolicies(new ClientPoliciesRepresentation());
            realm.add(MachineRealm.server("twin", "http://127.0.0.1:8091/mcp/", "crm:read"));
            realm.add(Client.application("open", "http://localhost/cb").optional("crm:read"));
            realm.add(MachineRealm.agent("lost", "crm:read")
                    .attribute("mcp.allowed-resources", "https://nowhere.example"));
            realm.settings(settings -> {
                settings.setAccessTokenLifespan(3600);
                settings.setEventsListeners(List.of("jboss-logging"));
            });

            List<JsonNode> sick = examine(keycloak, realm);

            assertThat(ids(sick))
                    .contains(
                            "profile-unused",
                            "resource-indicator-missing",
                            "client-credentials-missing",
                            "delegation-missing",
                            "registration-unbound",
                            "server-unreachable",
                            "agent-resource-unknown",
                            "pkce-not-required",
                            "refresh-tokens-not-rotated",
                            "lifetime-long",
                            "audit-off");
            assertThat(sick)
                    .filteredOn(finding -> finding.get("id").asText().equals("pkce-not-required"))
                    .singleElement()
                    .satisfies(finding ->
                            assertThat(finding.get("problem").asText()).endsWith(": open."));

            for (String client : List.of("twin", "open", "lost")) {
                realm.clientResource(client).remove();
            }
            realm.settings(settings -> {
                settings.setAccessTokenLifespan(300);
                settings.setEventsListeners(List.of("jboss-logging", "mcp-audit"));
            });
            realm.admin().clientPoliciesPoliciesResource().updatePolicies(policies);
            assertThat(ids(examine(keycloak, realm))).isEqualTo(before);
        }
    }

    @Test
    void who_may_view_the_realm_may_ask_and_parameters_are_refused(KeycloakServer keycloak) {
        try (TestRealm realm = TestRealm.create(keycloak, "doctor")) {
            List<Integer> statuses = new ArrayList<>();
            for (String role : List.of("view-realm", "view-events", "view-clients")) {
                statuses.add(realm.oauth()
                        .get(uri(realm), realm.administrator(role, role))
                        .status());
            }
            assertThat(statuses).containsExactly(200, 403, 403);
            assertThat(realm.oauth().get(uri(realm)).status()).isEqualTo(401);
            assertThat(realm.oauth()
                            .get(URI.create(uri(realm) + "?fix=true"), keycloak.adminToken())
                            .status())
                    .isEqualTo(400);
        }
    }
}

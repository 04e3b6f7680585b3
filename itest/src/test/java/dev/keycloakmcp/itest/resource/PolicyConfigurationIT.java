package dev.keycloakmcp.itest.resource;

import static dev.keycloakmcp.itest.resource.Mesh.BILLING;
import static dev.keycloakmcp.itest.resource.Mesh.CRM;
import static dev.keycloakmcp.itest.resource.Mesh.authorization;
import static dev.keycloakmcp.itest.resource.Mesh.secret;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.ClientPolicy;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import jakarta.ws.rs.BadRequestException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.keycloak.representations.idm.RealmRepresentation;

/** The keys of conditions and executors do what their help texts say. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PolicyConfigurationIT {

    private Mesh mesh;

    @BeforeAll
    void configure(TestRealm realm) {
        mesh = Mesh.in(realm);
    }

    private static Map<String, Map<String, Object>> resourceIndicator(Map<String, Object> configuration) {
        return Map.of("mcp-resource-indicator", configuration);
    }

    private Reply agent(Form form) {
        return mesh.oauth().clientCredentials(secret("agent"), form);
    }

    @Test
    void report_mode_changes_nothing_and_says_what_it_would_do(KeycloakServer server) {
        mesh.policies(resourceIndicator(Map.of("enforcement", "report")));

        Jwt token = mesh.verify(agent(Form.of("resource", "https://other.example.com")));

        assertThat(token.audience()).doesNotContain("https://other.example.com");
        assertThat(token.claims().has("realm_access")).isTrue();
        assertThat(token.header().get("typ").asText()).isEqualTo("JWT");
        assertThat(mesh.lastEvent("CLIENT_LOGIN"))
                .containsEntry("mcp_decision", "would-deny")
                .containsEntry("mcp_reason", "resource_unknown");
        assertThat(mesh.oauth()
                        .get(URI.create(server.managementUri() + "/metrics"))
                        .body())
                .contains("Decisions of MCP policies on requests")
                .containsPattern("keycloak_mcp_decisions_total\\{outcome=\"would-deny\",realm=\"" + mesh.name()
                        + "\",reason=\"resource_unknown\",rule=\"mcp-resource-indicator\",?} [1-9]");

        assertThat(mesh.verify(mesh.signIn(
                                authorization("app", "openid crm:read").with("resource", CRM)))
                        .claims()
                        .has("realm_access"))
                .isTrue();
    }

    @Test
    void require_wants_a_resource_and_ignore_does_not() {
        mesh.policies(resourceIndicator(Map.of("when-missing", "require")));
        assertThat(agent(Form.of("scope", "crm:read")).error()).isEqualTo("invalid_target");
        assertThat(mesh.lastEvent("CLIENT_LOGIN_ERROR")).containsEntry("mcp_reason", "resource_missing");
        assertThat(mesh.verify(agent(Form.of("scope", "crm:read").with("resource", CRM)))
                        .audience())
                .containsExactly(CRM);

        mesh.policies(resourceIndicator(Map.of("when-missing", "ignore")));
        Jwt stock = mesh.verify(agent(Form.of("scope", "crm:read")));
        assertThat(stock.audience()).doesNotContain(CRM);
        assertThat(stock.claims().has("realm_access")).isTrue();
        assertThat(mesh.verify(agent(Form.of("scope", "crm:read").with("resource", CRM)))
                        .audience())
                .containsExactly(CRM);
    }

    @Test
    void the_machine_policy_supersedes_the_general_one_for_machine_tokens() {
        Map<String, Map<String, Object>> executors = new LinkedHashMap<>();
        executors.put("mcp-resource-indicator", Map.of("when-missing", "require", "include-client-id", true));
        executors.put("mcp-client-credentials", Map.of("max-token-lifetime", 60, "require-explicit-scope", true));
        mesh.policies(executors);

        Jwt token = mesh.verify(agent(Form.of("scope", "crm:read")));
        assertThat(token.audience()).containsExactly(CRM, "crm");
        assertThat(token.claims().get("exp").asLong()
                        - token.claims().get("iat").asLong())
                .isEqualTo(60);
        assertThat(agent(Form.of("resource", CRM)).error()).isEqualTo("invalid_scope");
        assertThat(mesh.oauth()
                        .authorize(authorization("app", "crm:read"))
                        .callback()
                        .get("error"))
                .isEqualTo("invalid_target");
    }

    @Test
    void a_machine_policy_that_only_reports_leaves_the_general_one_in_force() {
        Map<String, Map<String, Object>> executors = new LinkedHashMap<>();
        executors.put("mcp-resource-indicator", Map.of("when-missing", "require"));
        executors.put("mcp-client-credentials", Map.of("enforcement", "report"));
        executors.put("mcp-delegation", Map.of("enforcement", "report"));
        mesh.policies(executors);

        assertThat(mesh.verify(agent(Form.of("scope", "crm:read").with("resource", CRM)))
                        .audience())
                .containsExactly(CRM);
        assertThat(agent(Form.of("scope", "crm:read")).error()).isEqualTo("invalid_target");
        assertThat(agent(Form.of("resource", "https://other.example.com")).error())
                .isEqualTo("invalid_target");
    }

    @Test
    void the_form_of_the_token_is_configurable() {
        mesh.policies(resourceIndicator(Map.of("include-client-id", "true", "rfc9068", "false")));

        Reply tokens = mesh.signIn(authorization("app", "crm:read").with("resource", CRM));
        Jwt token = mesh.verify(tokens);

        assertThat(token.audience()).containsExactly(CRM, "crm");
        assertThat(token.header().get("typ").asText()).isEqualTo("JWT");
        assertThat(mesh.oauth()
                        .introspect(secret("crm"), tokens.accessToken())
                        .json()
                        .get("aud"))
                .isEqualTo(token.claims().get("aud"));
    }

    @Test
    @Tries("ASI08")
    void strange_configuration_falls_back_to_the_safe_side() {
        Map<String, Object> strange = new LinkedHashMap<>();
        strange.put("enforcement", "");
        strange.put("when-missing", null);
        strange.put("include-client-id", "");
        strange.put("rfc9068", null);
        strange.put("unknown-key", List.of(1, 2));
        mesh.policies(resourceIndicator(strange));

        assertThat(agent(Form.of("resource", "https://other.example.com")).error())
                .isEqualTo("invalid_target");
        assertThat(mesh.verify(agent(Form.of("scope", "crm:read"))).audience()).containsExactly(CRM);

        mesh.policies(Map.of("mcp-client-credentials", Map.of("max-token-lifetime", "", "when-missing", "")));
        Jwt token = mesh.verify(agent(Form.of("scope", "crm:read").with("resource", CRM)));
        assertThat(token.claims().get("exp").asLong()
                        - token.claims().get("iat").asLong())
                .isEqualTo(300);
    }

    @Test
    void the_kinds_of_clients_are_configurable() {
        mesh.policies(Map.of("mcp-client", Map.of("kinds", List.of("application"))), resourceIndicator(Map.of()));

        assertThat(mesh.verify(agent(Form.of("resource", CRM))).claims().has("realm_access"))
                .isTrue();
        assertThat(mesh.verify(mesh.signIn(authorization("app", "crm:read"))).audience())
                .containsExactly(CRM);

        mesh.policies(Map.of("mcp-client", Map.of("kinds", "agent")), resourceIndicator(Map.of()));
        assertThat(mesh.verify(agent(Form.of("resource", CRM))).audience()).containsExactly(CRM);
    }

    @Test
    void a_policy_can_be_for_some_servers_only() {
        mesh.policies(
                Map.of("mcp-resource", Map.of("resources", List.of("https://billing.example.com/**"))),
                resourceIndicator(Map.of()));

        assertThat(mesh.verify(agent(Form.of("resource", BILLING))).audience()).containsExactly(BILLING);
        assertThat(mesh.verify(agent(Form.of("scope", "billing:read"))).audience())
                .containsExactly(BILLING);
        assertThat(mesh.verify(agent(Form.of("resource", CRM))).claims().has("realm_access"))
                .isTrue();
    }

    @Test
    void clients_of_no_kind_notice_nothing() {
        Form request = authorization("web", "openid").with("resource", "https://other.example.com");
        mesh.policies(Map.of());
        Jwt before = mesh.verify(mesh.signIn(request));
        Jwt machineBefore = mesh.verify(mesh.oauth().clientCredentials(secret("batch"), Form.empty()));

        mesh.defaultPolicies();
        Jwt after = mesh.verify(mesh.signIn(request));
        Jwt machineAfter = mesh.verify(mesh.oauth().clientCredentials(secret("batch"), Form.empty()));

        assertSame(before, after);
        assertSame(machineBefore, machineAfter);
        Reply twice = mesh.oauth()
                .clientCredentials(secret("batch"), Form.of("resource", CRM).with("resource", BILLING));
        assertThat(twice.error()).isEqualTo("invalid_request");
        assertThat(twice.errorDescription()).isEqualTo("duplicated parameter");
        assertThat(mesh.oauth()
                        .token(ClientAuth.none("web"), Form.of("grant_type", "client_credentials"))
                        .error())
                .isEqualTo("unauthorized_client");
    }

    private static void assertSame(Jwt before, Jwt after) {
        assertThat(after.header().get("typ")).isEqualTo(before.header().get("typ"));
        assertThat(after.claims().fieldNames()).toIterable().containsExactlyInAnyOrderElementsOf(() -> before.claims()
                .fieldNames());
        for (String claim : List.of("aud", "azp", "typ", "realm_access", "resource_access", "sub")) {
            assertThat(after.claims().path(claim))
                    .as(claim)
                    .isEqualTo(before.claims().path(claim));
        }
        assertThat(after.scopes()).isEqualTo(before.scopes());
    }

    @Test
    void a_profile_that_is_only_named_like_an_executor_does_not_opt_the_realm_in() {
        mesh.change("batch", client -> client.getAttributes().put("mcp.suspended", "misbehaved"));
        try {
            ClientPolicy.replace(
                    mesh.admin(),
                    List.of(new ClientPolicy(
                            "mcp-delegation",
                            true,
                            Map.of("any-client", Map.of()),
                            Map.of("reject-ropc-grant", Map.of("auto-configure", false)))));
            mesh.verify(mesh.oauth().clientCredentials(secret("batch"), Form.empty()));

            mesh.policies(Map.of("mcp-delegation", Map.of()));
            assertThat(mesh.oauth()
                            .clientCredentials(secret("batch"), Form.empty())
                            .error())
                    .isEqualTo("unauthorized_client");
        } finally {
            mesh.change("batch", client -> client.getAttributes().put("mcp.suspended", ""));
        }
    }

    @Test
    void profiles_that_cannot_be_read_break_no_more_than_in_keycloak() {
        // Without a policy: where one applies, Keycloak itself refuses the request.
        ClientPolicy.replace(mesh.admin(), List.of());
        try {
            for (String damaged : List.of("{", "[]", "7", "{\"profiles\": 7}", "{\"executor\": \"mcp-delegation\"")) {
                attribute("client-policies.profiles", damaged);
                assertThat(agent(Form.of("scope", "crm:read")).status())
                        .as(damaged)
                        .isEqualTo(200);
                assertThat(mesh.oauth()
                                .get(URI.create(mesh.issuer() + "/.well-known/oauth-authorization-server"))
                                .status())
                        .as(damaged)
                        .isEqualTo(200);
            }
        } finally {
            attribute("client-policies.profiles", "{\"profiles\": []}");
        }
    }

    @Test
    @Tries("ASI08")
    void what_was_stored_misspelt_falls_to_the_safe_side() {
        Map<String, Map<String, Object>> executors = new LinkedHashMap<>();
        executors.put("mcp-resource-indicator", Map.of());
        executors.put("mcp-client-credentials", Map.of());
        mesh.policies(executors);
        mesh.verify(agent(Form.of("resource", CRM)));

        attribute("client-policies.profiles", """
                {"profiles": [{"name": "mcp", "executors": [
                  {"executor": "mcp-resource-indicator",
                   "configuration": {"enforcement": "reprot", "include-client-id": "yes", "rfc9068": "flase"}},
                  {"executor": "mcp-client-credentials",
                   "configuration": {"require-explicit-scope": "yes", "max-token-lifetime": ["1", "2"]}}]}]}""");

        assertThat(agent(Form.of("resource", CRM)).error()).isEqualTo("invalid_scope");
        Jwt token = mesh.verify(agent(Form.of("resource", CRM).with("scope", "crm:read")));
        assertThat(token.audience()).containsExactly(CRM);
        assertThat(token.header().get("typ").asText()).isEqualTo("at+jwt");
        assertThat(token.claims().get("exp").asLong()
                        - token.claims().get("iat").asLong())
                .isEqualTo(300);
    }

    @Test
    void saving_refuses_what_cannot_be_meant() {
        Map.of(
                        "enforcement", "reprot",
                        "when-missing", "never",
                        "require-explicit-scope", "yes",
                        "max-token-lifetime", "5m",
                        "max-secret-age-days", "-1",
                        "allowed-auth-methods", "a/b")
                .forEach((key, value) -> assertThatThrownBy(
                                () -> mesh.policies(Map.of("mcp-client-credentials", Map.of(key, value))))
                        .as(key)
                        .isInstanceOfSatisfying(BadRequestException.class, refused -> assertThat(
                                        refused.getResponse().readEntity(String.class))
                                .contains("mcp-client-credentials: '" + key + "'")));
        assertThatThrownBy(() -> mesh.policies(Map.of("mcp-client", Map.of("kinds", List.of("agnet"))), Map.of()))
                .isInstanceOf(BadRequestException.class);
    }

    private void attribute(String name, String value) {
        RealmRepresentation change = new RealmRepresentation();
        change.setAttributes(Map.of(name, value));
        mesh.admin().update(change);
    }
}

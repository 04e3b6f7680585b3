package dev.keycloakmcp.itest.resource;

import static dev.keycloakmcp.itest.resource.Mesh.BILLING;
import static dev.keycloakmcp.itest.resource.Mesh.CRM;
import static dev.keycloakmcp.itest.resource.Mesh.TICKETS;
import static dev.keycloakmcp.itest.resource.Mesh.secret;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.TestRealm;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An agent's token is good for one MCP server, the scopes it asked for, a short time. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MachineTokenIT {

    private Mesh mesh;

    @BeforeAll
    void configure(TestRealm realm) {
        mesh = Mesh.in(realm).defaultPolicies();
        mesh.change("agent", client -> client.getAttributes().put("access.token.lifespan", "36000"));
        realm.settings(settings -> settings.setAccessTokenLifespan(36000));
    }

    private Reply ask(Form form) {
        return mesh.oauth().clientCredentials(secret("agent"), form);
    }

    @Test
    void the_token_has_one_server_the_requested_scope_and_a_short_life() {
        Reply reply = ask(Form.of("resource", CRM).with("scope", "crm:write"));
        Jwt token = mesh.verify(reply);

        assertThat(token.audience()).containsExactly(CRM);
        assertThat(token.scopes()).containsExactly("crm:write");
        assertThat(reply.get("scope")).isEqualTo("crm:write");
        assertThat(token.claims().get("exp").asLong()
                        - token.claims().get("iat").asLong())
                .isEqualTo(300);
        assertThat(reply.json().get("expires_in").asInt()).isBetween(290, 300);
        assertThat(token.text("client_id")).isEqualTo("agent");
        assertThat(token.text("azp")).isEqualTo("agent");
        assertThat(token.text("sub")).isEqualTo(mesh.serviceAccount("agent"));
        assertThat(token.claims().has("act")).isFalse();
        assertThat(token.claims().has("realm_access")).isFalse();
        assertThat(token.claims().has("resource_access")).isFalse();
        assertThat(reply.find("refresh_token")).isEmpty();
        assertThat(mesh.lastEvent("CLIENT_LOGIN"))
                .containsEntry("resource", CRM)
                .containsEntry("mcp_decision", "allow");
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', crm:read, https://crm.example.com/mcp, crm:read",
        "'', https://crm.example.com/mcp/, '', https://crm.example.com/mcp, crm:read",
        "https://crm.example.com/mcp, https://crm.example.com/mcp, '', https://crm.example.com/mcp, crm:read",
        "https://crm.example.com/mcp, crm, crm:write, https://crm.example.com/mcp, crm:write",
        "'', '', billing:read, https://billing.example.com/mcp/, billing:read",
        "https://billing.example.com/mcp, '', crm:read billing:read profile, https://billing.example.com/mcp/,"
                + " billing:read",
    })
    void empty_parameters_count_as_absent_and_audience_is_another_name(
            String resource, String audience, String scope, String aud, String granted) {
        Jwt token = mesh.verify(
                ask(Form.of("resource", resource).with("audience", audience).with("scope", scope)));

        assertThat(token.audience()).containsExactly(aud);
        assertThat(token.scopes()).containsExactly(granted);
    }

    @ParameterizedTest
    @CsvSource({
        "https://tickets.example.com, '', '', invalid_target, resource_not_allowed",
        "https://other.example.com, '', '', invalid_target, resource_unknown",
        "crm, '', '', invalid_target, resource_malformed",
        "https://crm.example.com/mcp, billing, '', invalid_target, resource_multiple",
        "'', '', '', invalid_target, resource_ambiguous",
        "'', '', crm:read billing:read, invalid_target, resource_ambiguous",
        "https://billing.example.com/mcp, '', '', invalid_scope, scope_not_owned",
        "https://crm.example.com/mcp, '', billing:read, invalid_scope, scope_not_owned",
        "https://crm.example.com/mcp, '', openid, invalid_scope, scope_not_owned",
        "https://crm.example.com/mcp, '', offline_access, invalid_scope, scope_not_owned",
    })
    @Tries({"MCP-client-credentials", "RFC8707-2-omitted", "RFC8707-2-scope"})
    void what_policy_did_not_give_is_refused(
            String resource, String audience, String scope, String error, String reason) {
        Reply refused =
                ask(Form.of("resource", resource).with("audience", audience).with("scope", scope));

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error()).isEqualTo(error);
        assertThat(refused.errorDescription()).isNotBlank();
        assertThat(refused.find("access_token")).isEmpty();
        assertThat(mesh.lastEvent("CLIENT_LOGIN_ERROR"))
                .containsEntry("mcp_decision", "deny")
                .containsEntry("mcp_reason", reason);
    }

    @Test
    @Tries("RFC8707-2-several")
    void two_resources_are_refused() {
        assertThat(ask(Form.of("resource", CRM).with("resource", BILLING)).error())
                .isEqualTo("invalid_target");
    }

    @Test
    @Tries({"MCP-client-credentials", "RFC8707-3-tenant"})
    void allowed_resources_restrict_an_agent() {
        mesh.add(Mesh.service("restricted")
                .optional("crm:read", "billing:read")
                .attribute("mcp.allowed-resources", "https://crm.example.com/mcp/"));

        assertThat(mesh.verify(mesh.oauth().clientCredentials(secret("restricted"), Form.of("scope", "crm:read")))
                        .audience())
                .containsExactly(CRM);
        assertThat(mesh.oauth()
                        .clientCredentials(
                                secret("restricted"),
                                Form.of("resource", BILLING).with("scope", "billing:read"))
                        .error())
                .isEqualTo("invalid_target");
    }

    @Test
    @Tries("ASI03-stale")
    void no_refresh_token_and_no_session_even_where_the_client_is_set_up_for_them() {
        mesh.add(Mesh.service("refreshing")
                .defaults("basic", "crm:read")
                .attribute("client_credentials.use_refresh_token", "true"));
        Reply reply = mesh.oauth().clientCredentials(secret("refreshing"), Form.empty());

        assertThat(reply.find("refresh_token")).isEmpty();
        assertThat(mesh.verify(reply).claims().has("sid")).isFalse();
        assertThat(mesh.oauth()
                        .introspect(secret("crm"), reply.accessToken())
                        .json()
                        .get("active")
                        .asBoolean())
                .isTrue();
        assertThat(mesh.clientResource("refreshing").getUserSessions(0, 10)).isEmpty();
    }

    @Test
    @Tries("ASI03-deputy")
    void the_server_itself_gets_no_token_for_its_own_users() {
        assertThat(mesh.oauth()
                        .clientCredentials(secret("crm"), Form.of("resource", CRM))
                        .error())
                .isEqualTo("invalid_target");
        assertThat(mesh.verify(mesh.oauth().clientCredentials(secret("crm"), Form.of("scope", "tickets:read")))
                        .audience())
                .containsExactly(TICKETS);
    }
}

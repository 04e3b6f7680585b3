package dev.keycloakmcp.itest.resource;

import static dev.keycloakmcp.itest.resource.Mesh.BILLING;
import static dev.keycloakmcp.itest.resource.Mesh.CRM;
import static dev.keycloakmcp.itest.resource.Mesh.TICKETS;
import static dev.keycloakmcp.itest.resource.Mesh.authorization;
import static dev.keycloakmcp.itest.resource.Mesh.secret;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every token is for one MCP server, from the authorization request to the last refresh. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenBindingIT {

    private static final ClientAuth APP = ClientAuth.none("app");

    private Mesh mesh;

    @BeforeAll
    void configure(TestRealm realm) {
        mesh = Mesh.in(realm).defaultPolicies();
        mesh.grant(mesh.userId("alice"), "crm", "crm-user");
        mesh.grant(mesh.userId("alice"), "billing", "billing-user");
    }

    @Test
    void a_user_token_is_for_the_server_that_was_asked_for() {
        Reply reply = mesh.signIn(authorization("app", "openid crm:read").with("resource", CRM));
        Jwt token = mesh.verify(reply);

        assertThat(token.claims().get("aud").isTextual()).isTrue();
        assertThat(token.audience()).containsExactly(CRM);
        assertThat(token.scopes()).containsExactlyInAnyOrder("openid", "crm:read");
        assertThat(Set.of(reply.get("scope").split(" "))).isEqualTo(token.scopes());
        assertThat(token.claims().has("realm_access")).isFalse();
        assertThat(token.claims().get("resource_access").fieldNames())
                .toIterable()
                .containsExactly("crm");
        assertThat(token.claims().has("email")).isFalse();
    }

    @Test
    void a_user_token_follows_rfc_9068() {
        Jwt token = mesh.verify(mesh.signIn(authorization("app", "crm:read").with("resource", CRM)));

        assertThat(token.header().get("typ").asText()).isEqualTo("at+jwt");
        assertThat(token.text("client_id")).isEqualTo("app");
        assertThat(token.text("sub")).isNotEmpty();
        assertThat(token.claims().fieldNames()).toIterable().contains("iss", "exp", "iat", "jti");
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://crm.example.com/mcp/", "HTTPS://CRM.EXAMPLE.COM:443/mcp"})
    @Tries("RFC8707-3-lookalike")
    void the_audience_is_the_uri_as_registered_however_it_was_sent(String sent) {
        assertThat(mesh.verify(mesh.signIn(authorization("app", "crm:read").with("resource", sent)))
                        .audience())
                .containsExactly(CRM);
    }

    @Test
    @Tries({"RFC8707-2-unknown", "RFC9700-4.9.1"})
    void an_unknown_resource_is_refused_at_the_client() {
        Form callback = refused(authorization("app", "crm:read").with("resource", "https://other.example.com"));

        assertThat(callback.get("error")).isEqualTo("invalid_target");
        assertThat(callback.find("code")).isEmpty();
        assertThat(mesh.lastEvent("LOGIN_ERROR"))
                .containsEntry("mcp_decision", "deny")
                .containsEntry("mcp_reason", "resource_unknown");
    }

    @ParameterizedTest
    @ValueSource(strings = {"crm", "https://crm.example.com/mcp#fragment", "ftp://crm.example.com/mcp"})
    @Tries("RFC8707-2-malformed")
    void a_malformed_resource_is_refused(String sent) {
        assertThat(refused(authorization("app", "crm:read").with("resource", sent))
                        .get("error"))
                .isEqualTo("invalid_target");
    }

    @Test
    @Tries({"RFC8707-2-scope", "MCP-audience"})
    void a_server_none_of_whose_scopes_the_client_has_is_refused() {
        assertThat(refused(authorization("app", "").with("resource", TICKETS)).get("error"))
                .isEqualTo("invalid_target");
    }

    @Test
    @Tries({"RFC9700-2.1.2", "RFC9700-4.1.2"})
    void an_access_token_from_the_authorization_endpoint_is_refused() {
        mesh.change("app", client -> client.setImplicitFlowEnabled(true));

        assertThat(refused(authorization("app", "openid crm:read")
                                .with("response_type", "id_token token")
                                .with("nonce", "n")
                                .with("resource", CRM))
                        .get("error"))
                .isEqualTo("unsupported_response_type");
    }

    @Test
    void the_scopes_tell_the_server() {
        assertThat(mesh.verify(mesh.signIn(authorization("app", "openid billing:read")))
                        .audience())
                .containsExactly(BILLING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "mcp:tools", "crm:read billing:read", "address"})
    @Tries({"RFC8707-2-omitted", "MCP-audience", "RFC9728-7.4"})
    void scopes_that_tell_nothing_are_refused(String scope) {
        assertThat(refused(authorization("app", scope)).get("error")).isEqualTo("invalid_target");
    }

    @Test
    @Tries({"RFC8707-2-omitted", "RFC9700-2.3"})
    void without_a_scope_the_token_is_bound_and_empty() {
        Jwt token = mesh.verify(mesh.signIn(authorization("app", "").with("resource", CRM)));

        assertThat(token.audience()).containsExactly(CRM);
        assertThat(token.scopes()).isEmpty();
    }

    @Test
    @Tries({"RFC8707-2-scope", "MCP-scope-minimization-all", "ASI02"})
    void scopes_of_other_servers_and_of_nobody_are_left_out() {
        Jwt token = mesh.verify(mesh.signIn(
                authorization("app", "crm:read crm:write billing:read address").with("resource", CRM)));

        assertThat(token.scopes()).containsExactlyInAnyOrder("crm:read", "crm:write");
    }

    @Test
    @Tries("RFC8707-2-later")
    void the_code_is_bound() {
        Form request = authorization("app", "crm:read").with("resource", CRM);

        assertThat(mesh.verify(mesh.signIn(request, Form.of("resource", CRM + "/")))
                        .audience())
                .containsExactly(CRM);
        Reply other = mesh.signIn(request, Form.of("resource", BILLING));
        assertThat(other.status()).isEqualTo(400);
        assertThat(other.error()).isEqualTo("invalid_target");
        assertThat(mesh.lastEvent("CODE_TO_TOKEN_ERROR"))
                .containsEntry("mcp_decision", "deny")
                .containsEntry("mcp_reason", "resource_mismatch");
    }

    @Test
    @Tries("RFC8707-2-later")
    void an_inferred_target_binds_the_code_as_well() {
        Reply other = mesh.signIn(authorization("app", "crm:read"), Form.of("resource", BILLING));

        assertThat(other.error()).isEqualTo("invalid_target");
    }

    @Test
    @Tries({"RFC8707-2-later", "RFC9700-4.10.2"})
    void refreshes_are_bound() {
        Reply tokens =
                mesh.signIn(authorization("app", "openid crm:read crm:write").with("resource", CRM));
        Reply refreshed = mesh.oauth().refresh(APP, tokens.refreshToken(), Form.empty());

        Jwt token = mesh.verify(refreshed);
        assertThat(token.audience()).containsExactly(CRM);
        assertThat(token.scopes()).containsExactlyInAnyOrder("openid", "crm:read", "crm:write");
        assertThat(token.claims().has("realm_access")).isFalse();
        assertThat(mesh.lastEvent("REFRESH_TOKEN"))
                .containsEntry("resource", CRM)
                .containsEntry("mcp_decision", "allow")
                .containsEntry("mcp_reason", "ok");

        Reply fewer = mesh.oauth().refresh(APP, refreshed.refreshToken(), Form.of("scope", "crm:read"));
        assertThat(mesh.verify(fewer).scopes()).contains("crm:read").doesNotContain("crm:write");
        Reply other = mesh.oauth().refresh(APP, refreshed.refreshToken(), Form.of("resource", BILLING));
        assertThat(other.error()).isEqualTo("invalid_target");
        assertThat(other.find("access_token")).isEmpty();
    }

    @Test
    @Tries("RFC8707-2-later")
    void a_refresh_token_stays_bound_when_the_client_lost_its_scopes() {
        mesh.add(Mesh.application("fading")
                .fullScope(true)
                .defaults("basic", "roles", "profile")
                .optional("crm:read"));
        Reply tokens = mesh.signIn(authorization("fading", "crm:read").with("resource", CRM));
        mesh.clientResource("fading").removeOptionalClientScope(mesh.scopeId("crm:read"));

        Jwt token = mesh.verify(mesh.oauth()
                .refresh(ClientAuth.none("fading"), tokens.expect(200).refreshToken(), Form.empty()));
        assertThat(token.audience()).containsExactly(CRM);
        assertThat(token.scopes()).isEmpty();
        assertThat(token.claims().has("realm_access")).isFalse();
    }

    @Test
    @Tries("RFC8707-2-later")
    void a_refresh_token_stays_bound_when_policies_only_report() {
        Reply tokens = mesh.signIn(authorization("app", "openid crm:read").with("resource", CRM));
        mesh.policies(Map.of("mcp-resource-indicator", Map.of("enforcement", "report")));
        try {
            Jwt token = mesh.verify(mesh.oauth().refresh(APP, tokens.expect(200).refreshToken(), Form.empty()));
            assertThat(token.audience()).containsExactly(CRM);
            assertThat(token.scopes()).containsExactlyInAnyOrder("openid", "crm:read");
        } finally {
            mesh.defaultPolicies();
        }
    }

    @Test
    @Tries("RFC8707-2-later")
    void offline_refreshes_are_bound() {
        Reply tokens = mesh.signIn(
                authorization("app", "openid offline_access crm:read address").with("resource", CRM));
        assertThat(tokens.find("refresh_token")).isPresent();
        Reply refreshed = tokens;
        for (int i = 0; i < 2; i++) {
            refreshed = mesh.oauth().refresh(APP, refreshed.refreshToken(), Form.empty());
            Jwt token = mesh.verify(refreshed);
            assertThat(token.audience()).containsExactly(CRM);
            assertThat(token.scopes()).containsExactlyInAnyOrder("openid", "offline_access", "crm:read");
            assertThat(Set.of(refreshed.get("scope").split(" "))).isEqualTo(token.scopes());
        }
        assertThat(mesh.oauth()
                        .refresh(APP, refreshed.refreshToken(), Form.of("resource", BILLING))
                        .error())
                .isEqualTo("invalid_target");
    }

    @Test
    @Tries("RFC8707-2-smuggle")
    void pushed_authorization_requests_are_bound() {
        Form request = authorization("app", "crm:read").with("resource", CRM).without("client_id");
        Reply tokens = mesh.oauth()
                .code(
                        APP,
                        mesh.oauth()
                                .authorizePushed(APP, "app", request, new Browser())
                                .as("alice", "alice"),
                        Form.empty());

        assertThat(mesh.verify(tokens).audience()).containsExactly(CRM);
        Reply refused = mesh.oauth()
                .push(
                        APP,
                        authorization("app", "crm:read")
                                .without("client_id")
                                .with("response_type", "code")
                                .with("resource", "https://other.example.com"));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error()).isEqualTo("invalid_target");
        // Keycloak gives policies no access to this event; its own detail names the error.
        assertThat(mesh.lastEvent("PUSHED_AUTHORIZATION_REQUEST_ERROR"))
                .containsEntry("client_policy_error", "invalid_target");
    }

    @Test
    @Tries({"RFC8707-2-later", "MCP-session-hijack"})
    void two_logins_of_one_session_keep_their_own_targets() {
        Browser browser = new Browser();
        var first = mesh.oauth()
                .authorize(authorization("app", "crm:read").with("resource", CRM), browser)
                .as("alice", "alice");
        var second = mesh.oauth()
                .authorize(authorization("app", "billing:read").with("resource", BILLING), browser)
                .as("alice", "alice");

        Reply forBilling = mesh.oauth().code(APP, second, Form.empty());
        Reply forCrm = mesh.oauth().code(APP, first, Form.empty());

        assertThat(mesh.verify(forCrm).audience()).containsExactly(CRM);
        assertThat(mesh.verify(forBilling).audience()).containsExactly(BILLING);
        assertThat(mesh.verify(mesh.oauth().refresh(APP, forCrm.refreshToken(), Form.empty()))
                        .audience())
                .containsExactly(CRM);
    }

    @Test
    @Tries({"RFC9700-2.3", "RFC9700-4.10.2"})
    void hidden_scopes_keep_their_mappers_but_no_audience_or_role_gets_in() {
        mesh.mapper(
                "app",
                "oidc-hardcoded-claim-mapper",
                Map.of(
                        "claim.name",
                        "tenant",
                        "claim.value",
                        "acme",
                        "access.token.claim",
                        "true",
                        "introspection.token.claim",
                        "true",
                        "jsonType.label",
                        "String"));
        mesh.mapper(
                "app",
                "oidc-audience-mapper",
                Map.of(
                        "included.custom.audience",
                        "https://everything.example.com",
                        "access.token.claim",
                        "true",
                        "introspection.token.claim",
                        "true"));

        Reply tokens = mesh.signIn(authorization("app", "crm:read").with("resource", CRM));
        Jwt token = mesh.verify(tokens);

        assertThat(token.text("tenant")).isEqualTo("acme");
        assertThat(token.audience()).containsExactly(CRM);
        Reply introspected = mesh.oauth().introspect(secret("crm"), tokens.accessToken());
        assertThat(introspected.json().get("tenant").asText()).isEqualTo("acme");
        assertThat(introspected.json().get("aud")).isEqualTo(token.claims().get("aud"));
    }

    @Test
    void introspection_by_the_server_says_what_the_token_says() {
        Reply tokens = mesh.signIn(authorization("app", "openid crm:read").with("resource", CRM));
        Jwt token = mesh.verify(tokens);
        Reply introspected = mesh.oauth().introspect(secret("crm"), tokens.accessToken());

        assertThat(introspected.json().get("active").asBoolean()).isTrue();
        token.claims().fields().forEachRemaining(claim -> assertThat(
                        introspected.json().get(claim.getKey()))
                .as(claim.getKey())
                .isEqualTo(claim.getValue()));
        assertThat(introspected.json().fieldNames())
                .toIterable()
                .allMatch(name -> token.claims().has(name)
                        || Set.of("active", "username", "token_type").contains(name));
    }

    @Test
    @Tries({"MCP-token-passthrough-accept", "RFC9700-4.9.2"})
    void introspection_by_another_server_says_nothing() {
        Reply tokens = mesh.signIn(authorization("app", "crm:read").with("resource", CRM));

        assertThat(mesh.oauth()
                        .introspect(secret("billing"), tokens.accessToken())
                        .body())
                .isEqualTo("{\"active\":false}");
    }

    @Test
    void the_server_exchanges_its_token_for_a_downstream_api() {
        String token = mesh.signIn(authorization("app", "crm:read").with("resource", CRM))
                .accessToken();

        for (Form target : new Form[] {
            Form.of("resource", TICKETS), Form.of("audience", TICKETS), Form.of("audience", "tickets"), Form.empty()
        }) {
            Jwt exchanged =
                    mesh.verify(mesh.oauth().exchange(secret("crm"), token, target.with("scope", "tickets:read")));
            assertThat(exchanged.audience()).containsExactly(TICKETS);
            assertThat(exchanged.scopes()).containsExactly("tickets:read");
            assertThat(exchanged.text("azp")).isEqualTo("crm");
            assertThat(exchanged.claims().has("realm_access")).isFalse();
        }
    }

    @Test
    @Tries({"RFC9700-4.6", "MCP-token-passthrough-downstream", "RFC8693-2.1-subject"})
    void another_server_cannot_exchange_the_token() {
        String token = mesh.signIn(authorization("app", "crm:read").with("resource", CRM))
                .accessToken();

        Reply refused = mesh.oauth().exchange(secret("billing"), token, Form.of("resource", TICKETS));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.error()).isEqualTo("access_denied");
    }

    @ParameterizedTest
    @CsvSource({
        "resource, https://billing.example.com/mcp, resource_not_allowed",
        "audience, billing, resource_not_allowed",
        "resource, https://other.example.com, resource_unknown",
        "audience, account, resource_unknown"
    })
    @Tries({"RFC8693-2.1-target", "ASI01"})
    void an_exchange_for_what_policy_did_not_give_is_refused(String parameter, String value, String reason) {
        String token = mesh.signIn(authorization("app", "crm:read").with("resource", CRM))
                .accessToken();

        Reply refused = mesh.oauth().exchange(secret("crm"), token, Form.of(parameter, value));

        assertThat(refused.error()).isEqualTo("invalid_target");
        assertThat(refused.find("access_token")).isEmpty();
        assertThat(mesh.lastEvent("TOKEN_EXCHANGE_ERROR")).containsEntry("mcp_reason", reason);
    }

    @Test
    @Tries({"RFC8693-2.1-target", "RFC8707-2-several"})
    void an_exchange_with_two_targets_is_refused() {
        String token = mesh.signIn(authorization("app", "crm:read").with("resource", CRM))
                .accessToken();

        assertThat(mesh.oauth()
                        .exchange(
                                secret("crm"),
                                token,
                                Form.of("resource", TICKETS).with("resource", CRM))
                        .error())
                .isEqualTo("invalid_target");
    }

    @Test
    @Tries("RFC8707-2-several")
    void repeated_resources_are_invalid_target_at_the_token_endpoint() {
        Reply tokens = mesh.signIn(authorization("app", "crm:read").with("resource", CRM));
        Form twice = Form.of("resource", CRM).with("resource", BILLING);

        assertThat(mesh.oauth().refresh(APP, tokens.refreshToken(), twice).error())
                .isEqualTo("invalid_target");
        assertThat(mesh.signIn(authorization("app", "crm:read").with("resource", CRM), twice)
                        .error())
                .isEqualTo("invalid_target");
    }

    @Test
    void lightweight_access_tokens_are_bound_and_introspect_in_full() {
        mesh.add(Mesh.application("light")
                .fullScope(true)
                .defaults("basic", "roles")
                .optional("crm:read", "billing:read")
                .attribute("client.use.lightweight.access.token.enabled", "true"));
        Reply tokens = mesh.signIn(authorization("light", "crm:read").with("resource", CRM));

        assertThat(mesh.verify(tokens).audience()).containsExactly(CRM);
        Reply introspected = mesh.oauth().introspect(secret("crm"), tokens.accessToken());
        assertThat(introspected.json().get("aud").asText()).isEqualTo(CRM);
        assertThat(introspected.json().get("resource_access").fieldNames())
                .toIterable()
                .containsExactly("crm");
        assertThat(introspected.json().has("realm_access")).isFalse();
    }

    private Form refused(Form authorization) {
        return mesh.oauth().authorize(authorization).callback();
    }

    /** A device that asked, and whom alice let in. */
    private Form approvedDevice(Form asked) {
        mesh.change("app", client -> client.getAttributes().put("oauth2.device.authorization.grant.enabled", "true"));
        Reply device = device(asked).expect(200);
        mesh.oauth()
                .open(URI.create(device.get("verification_uri_complete")), new Browser())
                .as("alice", "alice");
        return Form.of("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
                .with("device_code", device.get("device_code"));
    }

    private Reply device(Form asked) {
        return mesh.oauth().post(mesh.oauth().endpoint("auth/device"), APP, asked);
    }

    @Test
    void a_device_gets_a_token_for_the_server_that_it_asked_for() {
        Form poll =
                approvedDevice(Form.of("scope", "openid crm:read billing:read").with("resource", CRM));
        assertThat(mesh.oauth().token(APP, poll.with("resource", BILLING)).error())
                .isEqualTo("invalid_target");
        Form again =
                approvedDevice(Form.of("scope", "openid crm:read billing:read").with("resource", CRM));
        Jwt token = mesh.verify(mesh.oauth().token(APP, again));
        assertThat(token.audience()).containsExactly(CRM);
        assertThat(token.scopes()).containsExactlyInAnyOrder("openid", "crm:read");
    }

    @Test
    @Tries("RFC8707-2-omitted")
    void aResourceWithoutAValueIsAbsentWhereKeycloakTakesIt() {
        // Of an authorization request, pushed or not, Keycloak refuses it itself, before any policy is asked.
        Reply tokens = mesh.signIn(authorization("app", "openid crm:read"));
        assertThat(mesh.verify(tokens).audience()).containsExactly(CRM);
        Reply refreshed = mesh.oauth().refresh(APP, tokens.refreshToken(), Form.of("resource", ""));
        assertThat(mesh.verify(refreshed).audience()).containsExactly(CRM);

        Form poll = approvedDevice(Form.of("scope", "openid crm:read").with("resource", ""));
        assertThat(mesh.verify(mesh.oauth().token(APP, poll.with("resource", "")))
                        .audience())
                .containsExactly(CRM);
    }

    @Test
    void a_device_may_name_the_server_when_it_asks_for_the_token() {
        Form poll =
                approvedDevice(Form.of("scope", "openid crm:read billing:read").with("mcp_resource", CRM));
        assertThat(mesh.verify(mesh.oauth().token(APP, poll.with("resource", BILLING)))
                        .audience())
                .containsExactly(BILLING);
    }

    @Test
    @Tries({"RFC8707-2-scope", "RFC9700-4.9.1"})
    void a_device_that_asks_for_a_server_it_may_not_use_is_refused_at_once() {
        mesh.change("app", client -> client.getAttributes().put("oauth2.device.authorization.grant.enabled", "true"));
        for (String resource : List.of("https://other.example.com", TICKETS, "crm")) {
            Reply refused = device(Form.of("scope", "openid crm:read").with("resource", resource));
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.error()).isEqualTo("invalid_target");
            assertThat(refused.find("device_code")).isEmpty();
        }
    }
}

package dev.keycloakmcp.itest.resource;

import static dev.keycloakmcp.itest.resource.Mesh.BILLING;
import static dev.keycloakmcp.itest.resource.Mesh.CALLBACK;
import static dev.keycloakmcp.itest.resource.Mesh.CRM;
import static dev.keycloakmcp.itest.resource.Mesh.SECRET;
import static dev.keycloakmcp.itest.resource.Mesh.TICKETS;
import static dev.keycloakmcp.itest.resource.Mesh.authorization;
import static dev.keycloakmcp.itest.resource.Mesh.secret;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Bound tokens of an administrator, and what becomes bound tokens, where no policy binds the next token: it matches other
 * clients or other servers, leaves requests without a target alone, or only reports by now. Nothing becomes unbound.
 */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BoundExchangeIT {

    private static final String REFRESH_TOKEN = "urn:ietf:params:oauth:token-type:refresh_token";
    private static final Form WIDE = Form.of("scope", "openid profile email");
    private static final Map<String, Map<String, Object>> ENFORCED =
            Map.of("mcp-resource-indicator", Map.of(), "mcp-client-credentials", Map.of(), "mcp-delegation", Map.of());
    private static final Map<String, Map<String, Object>> REPORTED = with("enforcement", "report");

    private Mesh mesh;

    private static Map<String, Map<String, Object>> with(String key, Object value) {
        return Map.of(
                "mcp-resource-indicator", Map.of(key, value),
                "mcp-client-credentials", Map.of(key, value),
                "mcp-delegation", Map.of(key, value));
    }

    @BeforeAll
    void configure(TestRealm realm) {
        mesh = Mesh.in(realm).policies(ENFORCED);
        mesh.grant(mesh.userId("alice"), "realm-management", "realm-admin");
        mesh.change("app", app -> app.getAttributes().put("oauth2.device.authorization.grant.enabled", "true"));
        mesh.add(Client.confidential("desk", SECRET)
                .fullScope(true)
                .redirects(CALLBACK)
                .exchanges()
                .attribute("standard.token.exchange.enableRefreshRequestedTokenType", "SAME_SESSION")
                .defaults("basic", "roles", "profile", "email")
                .optional("crm:read", "tickets:read"));
        mesh.add(Client.confidential("plain", SECRET)
                .fullScope(true)
                .redirects(CALLBACK)
                .exchanges()
                .defaults("basic", "roles", "profile", "email"));
        mesh.change("crm", crm -> crm.setFullScopeAllowed(true));
        mesh.clientResource("crm").addDefaultClientScope(mesh.scopeId("roles"));
    }

    @AfterEach
    void enforce() {
        mesh.policies(ENFORCED);
    }

    private static Form forCrm(String client) {
        return authorization(client, "openid crm:read").with("resource", CRM);
    }

    /** A token for the CRM, which its client or the CRM itself may exchange. */
    private String bound() {
        String token = mesh.oauth()
                .code(secret("desk"), mesh.oauth().authorize(forCrm("desk")).as("alice", "alice"), Form.empty())
                .expect(200)
                .accessToken();
        assertThat(Jwt.decode(token).audience()).containsExactly(CRM);
        return token;
    }

    private void assertStaysBound(Reply reply, String by) {
        assertThat(reply.find("access_token")).as(by).isEmpty();
        assertThat(reply.status()).as(by).isEqualTo(400);
        assertThat(reply.error()).as(by).isEqualTo("invalid_target");
        assertThat(mesh.lastEvent("TOKEN_EXCHANGE_ERROR")).as(by).containsEntry("mcp_reason", "token_bound");
    }

    private void assertStaysBound(String token) {
        for (String client : List.of("desk", "crm")) {
            assertStaysBound(mesh.oauth().exchange(secret(client), token, Form.empty()), client);
            assertStaysBound(mesh.oauth().exchange(secret(client), token, Form.of("scope", "openid")), client);
        }
        assertStaysBound(mesh.oauth().exchange(secret("desk"), token, WIDE), "desk");
    }

    @Test
    @Tries({"RFC8707-3-elsewhere", "RFC8693-5-scope", "ASI03-privilege"})
    void aBoundTokenIsNotExchangedForAnUnboundOneByClientsThatNoPolicyMatches() {
        String token = bound();
        mesh.policies(Map.of("mcp-client", Map.of("kinds", List.of("registered"))), ENFORCED);
        assertStaysBound(token);
        assertStaysBound(
                mesh.oauth().exchange(secret("desk"), token, WIDE.with("requested_token_type", REFRESH_TOKEN)),
                "for a refresh token");
    }

    @Test
    @Tries({"RFC8707-3-elsewhere", "RFC8707-2-omitted", "RFC8693-5-scope"})
    void aBoundTokenIsNotExchangedForAnUnboundOneByLeavingOutTheServerThatAPolicyLooksFor() {
        mesh.policies(Map.of("mcp-resource", Map.of()), ENFORCED);
        String token = bound();
        mesh.policies(Map.of("mcp-resource", Map.of("resources", List.of(BILLING))), ENFORCED);
        assertStaysBound(token);
    }

    @Test
    @Tries({"RFC8707-2-unknown", "RFC8693-5-scope"})
    void aPolicyForAllServersIsNotEscapedByNamingOneThatNobodyHas() {
        mesh.policies(Map.of("mcp-resource", Map.of()), ENFORCED);
        String token = bound();
        for (Form target : List.of(
                Form.of("resource", "https://none.example.com"),
                Form.of("resource", "none"),
                Form.of("audience", "https://none.example.com"),
                Form.of("resource", CRM).with("resource", TICKETS))) {
            for (Reply reply : List.of(
                    mesh.oauth().exchange(secret("desk"), token, WIDE.and(target)),
                    mesh.oauth().clientCredentials(secret("agent"), target),
                    mesh.oauth()
                            .clientCredentials(
                                    secret("agent"),
                                    Form.of("scope", "crm:read").and(target)))) {
                assertThat(reply.error()).as(target.toString()).isEqualTo("invalid_target");
            }
        }
    }

    @Test
    @Tries({"RFC8707-2-scope", "RFC8707-2-omitted"})
    void aPolicyForOneServerIsNotEscapedByClientsThatMayNotUseIt() {
        mesh.policies(Map.of("mcp-resource", Map.of("resources", List.of("https://crm.example.com/**"))), ENFORCED);
        for (String resource : List.of(CRM, "https://crm.example.com/other")) {
            assertThat(mesh.oauth()
                            .clientCredentials(secret("batch"), Form.of("resource", resource))
                            .error())
                    .isEqualTo("invalid_target");
        }
        mesh.oauth()
                .clientCredentials(secret("batch"), Form.of("resource", "https://elsewhere.example.com"))
                .expect(200);
    }

    @Test
    @Tries({"RFC8707-3-elsewhere", "RFC8707-2-omitted", "RFC8693-5-scope"})
    void aBoundTokenIsNotExchangedForAnUnboundOneWherePoliciesIgnoreMissingTargets() {
        String token = bound();
        mesh.policies(with("when-missing", "ignore"));
        assertStaysBound(token);
        Jwt exchanged = mesh.verify(mesh.oauth()
                .exchange(secret("crm"), token, Form.of("resource", TICKETS).with("scope", "tickets:read")));
        assertThat(exchanged.audience()).containsExactly(TICKETS);
    }

    @Test
    @Tries({"RFC8707-3-elsewhere", "RFC8693-5-scope", "ASI03-stale"})
    void aBoundTokenIsNotExchangedForAnUnboundOneByAClientThatLostTheServersScopes() {
        String token = bound();
        List.of("crm:read", "tickets:read")
                .forEach(scope -> mesh.clientResource("desk").removeOptionalClientScope(mesh.scopeId(scope)));
        try {
            assertStaysBound(mesh.oauth().exchange(secret("desk"), token, WIDE), "desk");
        } finally {
            List.of("crm:read", "tickets:read")
                    .forEach(scope -> mesh.clientResource("desk").addOptionalClientScope(mesh.scopeId(scope)));
        }
    }

    @Test
    @Tries({"RFC8707-3-elsewhere", "RFC8693-5-scope", "ASI03-stale"})
    void aBoundTokenIsExchangedForABoundOneOrNoneWherePoliciesOnlyReportByNow() {
        String token = bound();
        mesh.policies(REPORTED);
        for (Form target : List.of(Form.empty(), Form.of("resource", "https://none.example.com"))) {
            assertStaysBound(mesh.oauth().exchange(secret("desk"), token, WIDE.and(target)), target.toString());
        }
        Jwt exchanged = mesh.verify(mesh.oauth()
                .exchange(secret("crm"), token, Form.of("resource", TICKETS).with("scope", "tickets:read")));
        assertThat(exchanged.audience()).containsExactly(TICKETS);
        assertThat(exchanged.scopes()).containsExactly("tickets:read");
        assertThat(exchanged.claims().has("realm_access")).isFalse();
    }

    @Test
    void otherTokensAreExchangedAsEverWherePoliciesReportOrMatchNobody() {
        String unbound = mesh.oauth()
                .code(
                        secret("plain"),
                        mesh.oauth().authorize(authorization("plain", "openid")).as("alice", "alice"),
                        Form.empty())
                .expect(200)
                .accessToken();
        mesh.policies(REPORTED);
        assertThat(mesh.verify(mesh.oauth().exchange(secret("plain"), unbound, WIDE))
                        .claims()
                        .has("realm_access"))
                .isTrue();
        String ofReport = mesh.oauth()
                .code(secret("desk"), mesh.oauth().authorize(forCrm("desk")).as("alice", "alice"), Form.empty())
                .expect(200)
                .accessToken();
        assertThat(mesh.verify(mesh.oauth().exchange(secret("desk"), ofReport, WIDE))
                        .claims()
                        .has("realm_access"))
                .isTrue();
        mesh.policies(Map.of("mcp-resource", Map.of()), ENFORCED);
        assertThat(mesh.verify(mesh.oauth().exchange(secret("plain"), unbound, WIDE.with("audience", "account")))
                        .claims()
                        .has("realm_access"))
                .isTrue();
    }

    private void assertForCrm(Reply reply) {
        Jwt token = mesh.verify(reply);
        assertThat(token.audience()).containsExactly(CRM);
        assertThat(token.scopes()).containsExactlyInAnyOrder("openid", "crm:read");
        assertThat(token.claims().has("realm_access")).isFalse();
    }

    @Test
    @Tries({"RFC8707-2-later", "ASI03-stale"})
    void aCodeStaysBoundWhenPoliciesOnlyReportByNow() {
        Browser browser = new Browser();
        Authorization first = mesh.oauth().authorize(forCrm("app"), browser).as("alice", "alice");
        Authorization inferred = mesh.oauth()
                .authorize(authorization("app", "openid crm:read"), browser)
                .as("alice", "alice");
        mesh.policies(REPORTED);
        Form elsewhere = Form.of("resource", BILLING);
        assertForCrm(mesh.oauth().code(ClientAuth.none("app"), first, Form.empty()));
        assertForCrm(mesh.oauth().code(ClientAuth.none("app"), inferred, elsewhere));

        Authorization unbound = mesh.oauth().authorize(forCrm("app"), browser).as("alice", "alice");
        assertThat(mesh.verify(mesh.oauth().code(ClientAuth.none("app"), unbound, Form.empty()))
                        .claims()
                        .has("realm_access"))
                .isTrue();
    }

    @Test
    @Tries({"RFC8707-2-later", "ASI03-stale"})
    void aDeviceCodeStaysBoundWhenPoliciesOnlyReportByNow() {
        Reply device = mesh.oauth()
                .post(
                        mesh.oauth().endpoint("auth/device"),
                        ClientAuth.none("app"),
                        Form.of("scope", "openid crm:read").with("resource", CRM))
                .expect(200);
        mesh.oauth()
                .open(URI.create(device.get("verification_uri_complete")), new Browser())
                .as("alice", "alice");
        mesh.policies(REPORTED);
        assertForCrm(mesh.oauth()
                .token(
                        ClientAuth.none("app"),
                        Form.of("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
                                .with("device_code", device.get("device_code"))));
    }
}

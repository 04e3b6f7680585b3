package dev.keycloakmcp.itest.resource;

import static dev.keycloakmcp.itest.resource.Mesh.BILLING;
import static dev.keycloakmcp.itest.resource.Mesh.CRM;
import static dev.keycloakmcp.itest.resource.Mesh.SECRET;
import static dev.keycloakmcp.itest.resource.Mesh.TICKETS;
import static dev.keycloakmcp.itest.resource.Mesh.authorization;
import static dev.keycloakmcp.itest.resource.Mesh.secret;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JOSEException;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.ClientRepresentation;

/** A token says itself which MCP server it is bound to, of whatever kind it is and whatever becomes of the server. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BoundClaimIT {

    private static final String CLAIM = "mcp_resource";
    private static final ClientAuth APP = ClientAuth.none("app");

    private Mesh mesh;
    private TestRealm realm;

    @BeforeAll
    void configure(TestRealm empty) {
        realm = empty;
        mesh = Mesh.in(realm).defaultPolicies();
        mesh.change("app", client -> {
            client.setDirectAccessGrantsEnabled(true);
            client.setImplicitFlowEnabled(true);
            client.getAttributes().put("oauth2.device.authorization.grant.enabled", "true");
        });
        mesh.add(Mesh.application("light")
                .defaults("basic", "profile")
                .optional("crm:read")
                .attribute("client.use.lightweight.access.token.enabled", "true"));
        // Administrators, so that Keycloak's own interfaces tell what they take.
        administers(mesh.userId("alice"));
        administers(mesh.serviceAccount("agent"));
    }

    private void administers(String userId) {
        mesh.grant(userId, "realm-management", "view-users");
    }

    private Reply signedIn(String scope) {
        return mesh.signIn(authorization("app", scope).with("resource", CRM)).expect(200);
    }

    private String machine() {
        return mesh.oauth()
                .clientCredentials(secret("agent"), Form.of("scope", "crm:read").with("resource", CRM))
                .expect(200)
                .accessToken();
    }

    private int administration(String accessToken) {
        URI users = URI.create(realm.server().baseUri() + "/admin/realms/" + realm.name() + "/users?max=1");
        return mesh.oauth().get(users, accessToken).status();
    }

    private static void assertBound(Reply reply, String resource) {
        Reply tokens = reply.expect(200);
        for (String member : List.of("access_token", "refresh_token", "id_token")) {
            tokens.find(member)
                    .ifPresent(token ->
                            assertThat(Jwt.decode(token).text(CLAIM)).as(member).isEqualTo(resource));
        }
        assertThat(Jwt.decode(tokens.accessToken()).audience()).containsExactly(resource);
    }

    @Test
    void tokens_of_a_login_and_of_refreshes_say_it() {
        for (String scope : List.of("openid crm:read", "openid crm:read offline_access")) {
            Reply tokens = signedIn(scope);
            assertThat(tokens.find("id_token")).isPresent();
            assertThat(tokens.find("refresh_token")).isPresent();
            assertBound(tokens, CRM);
            Reply refreshed = mesh.oauth().refresh(APP, tokens.refreshToken(), Form.empty());
            assertThat(refreshed.find("id_token")).isPresent();
            assertBound(refreshed, CRM);
        }
    }

    @Test
    void lightweight_tokens_say_it() {
        Reply tokens = mesh.signIn(authorization("light", "openid crm:read").with("resource", CRM));
        assertBound(tokens, CRM);
        assertThat(administration(tokens.accessToken())).isEqualTo(401);
    }

    @Test
    void tokens_of_a_password_and_of_a_device_say_it() {
        Form asked = Form.of("scope", "openid crm:read").with("resource", CRM);
        assertBound(
                mesh.oauth()
                        .token(
                                APP,
                                Form.of("grant_type", "password")
                                        .with("username", "alice")
                                        .with("password", "alice")
                                        .and(asked)),
                CRM);
        Reply device = mesh.oauth()
                .post(mesh.oauth().endpoint("auth/device"), APP, asked)
                .expect(200);
        mesh.oauth()
                .open(URI.create(device.get("verification_uri_complete")), new Browser())
                .as("alice", "alice");
        assertBound(
                mesh.oauth()
                        .token(
                                APP,
                                Form.of("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
                                        .with("device_code", device.get("device_code"))),
                CRM);
    }

    @Test
    void tokens_of_machines_and_of_exchanges_say_it() {
        assertThat(Jwt.decode(machine()).text(CLAIM)).isEqualTo(CRM);
        String subject = signedIn("openid crm:read").accessToken();
        assertBound(
                mesh.oauth()
                        .exchange(
                                secret("crm"),
                                subject,
                                Form.of("resource", TICKETS).with("scope", "openid tickets:read")),
                TICKETS);
    }

    @Test
    void tokens_of_the_jwt_authorization_grant_say_it() throws JOSEException {
        Partner partner = Partner.of(realm, "alice");
        mesh.add(Client.confidential("desk", SECRET)
                .standardFlow(false)
                .defaults("basic")
                .optional("crm:read")
                .attribute("oauth2.jwt.authorization.grant.enabled", "true")
                .attribute("oauth2.jwt.authorization.grant.idp", Partner.ALIAS));
        Reply redeemed = mesh.oauth()
                .token(
                        secret("desk"),
                        Form.of("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
                                .with("assertion", partner.assertion())
                                .with("scope", "openid crm:read")
                                .with("resource", CRM));
        assertBound(redeemed, CRM);
        assertThat(administration(redeemed.accessToken())).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "true"})
    void id_tokens_of_the_authorization_endpoint_say_it(String detachedSignature) {
        mesh.change("app", client -> client.getAttributes().put("id.token.as.detached.signature", detachedSignature));
        try {
            Form callback = mesh.oauth()
                    .authorize(authorization("app", "openid crm:read")
                            .with("resource", CRM)
                            .with("response_type", "code id_token")
                            .with("nonce", "n"))
                    .as("alice", "alice")
                    .callback();
            assertThat(Jwt.decode(callback.get("id_token")).text(CLAIM)).isEqualTo(CRM);
        } finally {
            mesh.change("app", client -> client.getAttributes().put("id.token.as.detached.signature", "false"));
        }
    }

    @Test
    void other_tokens_do_not_say_it() {
        Reply unbound = mesh.signIn(authorization("web", "openid")).expect(200);
        for (String member : List.of("access_token", "refresh_token", "id_token")) {
            assertThat(Jwt.decode(unbound.get(member)).claims().has(CLAIM))
                    .as(member)
                    .isFalse();
        }
        assertThat(administration(unbound.accessToken())).isEqualTo(200);
    }

    @Test
    @Tries({"RFC9700-4.10.2", "RFC8707-3-elsewhere"})
    void no_mapper_forges_or_removes_it() {
        for (String clientId : List.of("app", "web", "agent")) {
            mesh.mapper(
                    clientId,
                    "oidc-hardcoded-claim-mapper",
                    Map.of(
                            "claim.name",
                            CLAIM,
                            "claim.value",
                            BILLING,
                            "jsonType.label",
                            "String",
                            "access.token.claim",
                            "true",
                            "id.token.claim",
                            "true",
                            "introspection.token.claim",
                            "true",
                            "userinfo.token.claim",
                            "true"));
        }
        Reply bound = signedIn("openid crm:read");
        assertBound(bound, CRM);
        assertBound(mesh.oauth().refresh(APP, bound.refreshToken(), Form.empty()), CRM);
        assertThat(mesh.oauth()
                        .introspect(secret("crm"), bound.accessToken())
                        .json()
                        .path(CLAIM)
                        .asText())
                .isEqualTo(CRM);
        assertThat(mesh.oauth().userInfo(bound.accessToken()).expect(200).json().has(CLAIM))
                .isFalse();
        assertThat(Jwt.decode(machine()).text(CLAIM)).isEqualTo(CRM);

        Reply unbound = mesh.signIn(authorization("web", "openid")).expect(200);
        assertThat(Jwt.decode(unbound.accessToken()).claims().has(CLAIM)).isFalse();
        assertThat(Jwt.decode(unbound.get("id_token")).claims().has(CLAIM)).isFalse();
        assertThat(mesh.oauth()
                        .userInfo(unbound.accessToken())
                        .expect(200)
                        .json()
                        .has(CLAIM))
                .isFalse();
        assertThat(administration(unbound.accessToken())).isEqualTo(200);
    }

    @Test
    @Tries({"RFC8707-3-elsewhere", "MCP-privilege"})
    void a_token_stays_bound_when_its_server_moves_or_is_deleted() {
        String scope = mesh.add(Scope.named("notes:read"));
        mesh.add(Mesh.server("notes", "https://notes.example.com", "notes:read"));
        mesh.clientResource("agent").addOptionalClientScope(scope);
        String token = mesh.oauth()
                .clientCredentials(
                        secret("agent"), Form.of("scope", "notes:read").with("resource", "https://notes.example.com"))
                .expect(200)
                .accessToken();
        assertThat(administration(token)).isEqualTo(401);
        mesh.change("notes", client -> client.getAttributes().put("resource_url", "https://moved.example.com"));
        assertThat(administration(token)).isEqualTo(401);
        mesh.clientResource("notes").remove();
        assertThat(administration(token)).isEqualTo(401);
    }

    @Test
    @Tries({"RFC9700-4.9.2", "LLM02"})
    void userinfo_and_introspection_say_no_more_once_the_server_is_gone() {
        mesh.add(Client.confidential("auditor", SECRET)
                .attribute("allow.token.introspection.without.audience.check", "true"));
        mesh.grant(mesh.userId("alice"), "crm", "crm-user");
        String token = signedIn("openid crm:read").accessToken();
        JsonNode userInfo = mesh.oauth().userInfo(token).expect(200).json();
        JsonNode introspected =
                mesh.oauth().introspect(secret("auditor"), token).expect(200).json();
        assertThat(introspected.path("resource_access").has("crm")).isTrue();
        for (Consumer<ClientRepresentation> gone : List.<Consumer<ClientRepresentation>>of(
                client -> client.getAttributes().put("resource_url", "https://moved.example.com"),
                client -> client.setEnabled(false))) {
            mesh.change("crm", gone);
            try {
                assertThat(mesh.oauth().userInfo(token).expect(200).json()).isEqualTo(userInfo);
                JsonNode answer = mesh.oauth()
                        .introspect(secret("auditor"), token)
                        .expect(200)
                        .json();
                ObjectNode same = introspected.deepCopy();
                if (!mesh.client("crm").isEnabled() && !answer.has("resource_access")) {
                    // Keycloak 26.7.5 counts no roles of a disabled client, 26.7.3 does.
                    same.remove("resource_access");
                }
                assertThat(answer).isEqualTo(same);
            } finally {
                mesh.change("crm", client -> {
                    client.setEnabled(true);
                    client.getAttributes().put("resource_url", CRM);
                });
            }
        }
    }

    @Test
    @Tries("RFC9700-4.6")
    void the_servers_uri_in_other_tokens_makes_no_access_token_of_them() {
        Reply tokens = signedIn("openid crm:read offline_access");
        for (String member : List.of("id_token", "refresh_token")) {
            assertThat(mesh.oauth()
                            .introspect(secret("crm"), tokens.get(member))
                            .json()
                            .path("active")
                            .asBoolean())
                    .as(member)
                    .isFalse();
        }
    }

    @Test
    void an_introspection_response_as_a_token_says_it() {
        mesh.change("crm", client -> client.getAttributes()
                .put("client.introspection.response.allow.jwt.claim.enabled", "true"));
        String token = mesh.signIn(authorization("light", "openid crm:read").with("resource", CRM))
                .expect(200)
                .accessToken();
        Reply introspected = asJwt("crm", token);
        assertThat(Jwt.decode(introspected.expect(200).get("jwt")).text(CLAIM)).isEqualTo(CRM);
        assertThat(administration(introspected.get("jwt"))).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"refresh_token", "access_token"})
    @Tries({"RFC8693-5-laundering", "RFC9700-4.14"})
    void introspectionMakesNoSecondRefreshTokenThatIsBoundToNothing(String hint) {
        mesh.admin()
                .clients()
                .findByClientId("self-asking")
                .forEach(client -> mesh.admin().clients().get(client.getId()).remove());
        mesh.add(Client.confidential("self-asking", SECRET)
                .redirects(Mesh.CALLBACK)
                .fullScope(true)
                .defaults("basic", "roles")
                .optional("crm:read")
                .attribute("allow.token.introspection.without.audience.check", "true")
                .attribute("client.introspection.response.allow.jwt.claim.enabled", "true"));
        Reply tokens = mesh.oauth()
                .code(
                        secret("self-asking"),
                        mesh.oauth()
                                .authorize(authorization("self-asking", "openid crm:read")
                                        .with("resource", CRM))
                                .as("alice", "alice"),
                        Form.empty())
                .expect(200);
        Reply introspected = asJwt("self-asking", tokens.refreshToken() + "&token_type_hint=" + hint)
                .expect(200);
        assertThat(introspected.json().path("active").asBoolean()).isTrue();
        introspected.find("jwt").ifPresent(token -> {
            Reply refreshed = mesh.oauth().refresh(secret("self-asking"), token, Form.empty());
            assertThat(refreshed.status()).as(refreshed.toString()).isEqualTo(400);
        });
        assertThat(introspected.find("jwt")).isEmpty();
        assertBound(mesh.oauth().refresh(secret("self-asking"), tokens.refreshToken(), Form.empty()), CRM);
    }

    private Reply asJwt(String clientId, String token) {
        String credentials =
                Base64.getEncoder().encodeToString((clientId + ":" + SECRET).getBytes(StandardCharsets.UTF_8));
        return mesh.oauth()
                .send(HttpRequest.newBuilder(mesh.oauth().endpoint("token/introspect"))
                        .header("Accept", "application/jwt")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("Authorization", "Basic " + credentials)
                        .POST(HttpRequest.BodyPublishers.ofString("token=" + token)));
    }

    @Test
    @Tries("RFC8707-3-elsewhere")
    void aDetachedSignatureSaysItUnderAPolicyForSomeServersOnly() {
        mesh.policies(
                Map.of("mcp-resource", Map.of("resources", List.of(CRM))), Map.of("mcp-resource-indicator", Map.of()));
        Runnable undo =
                mesh.change("app", client -> client.getAttributes().put("id.token.as.detached.signature", "true"));
        try {
            Form callback = mesh.oauth()
                    .authorize(authorization("app", "openid crm:read")
                            .with("resource", CRM)
                            .with("response_type", "code id_token")
                            .with("nonce", "n"))
                    .as("alice", "alice")
                    .callback();
            assertThat(Jwt.decode(callback.get("id_token")).text(CLAIM)).isEqualTo(CRM);
        } finally {
            undo.run();
            mesh.defaultPolicies();
        }
    }
}

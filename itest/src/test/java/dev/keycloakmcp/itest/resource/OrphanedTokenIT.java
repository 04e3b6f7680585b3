package dev.keycloakmcp.itest.resource;

import static dev.keycloakmcp.itest.resource.Mesh.CALLBACK;
import static dev.keycloakmcp.itest.resource.Mesh.SECRET;
import static dev.keycloakmcp.itest.resource.Mesh.authorization;
import static dev.keycloakmcp.itest.resource.Mesh.secret;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.keycloak.representations.idm.authorization.PolicyEnforcementMode;
import org.keycloak.representations.idm.authorization.ResourceServerRepresentation;

/**
 * Tokens of administrators, bound to an MCP server that is disabled, moved, claimed twice or deleted since. They stay bound:
 * Keycloak's own interfaces take none of them, and no answer about them says more than before.
 */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OrphanedTokenIT {

    private static final String NOTES = "https://notes.example.com";
    private static final String JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    private static final Form FOR_NOTES = Form.of("scope", "openid notes:read").with("resource", NOTES);

    private Mesh mesh;
    private Partner partner;

    @BeforeAll
    void configure(TestRealm realm) throws JOSEException {
        mesh = Mesh.in(realm).defaultPolicies();
        mesh.add(Scope.named("notes:read"));
        mesh.add(Client.confidential("auditor", SECRET)
                .attribute("allow.token.introspection.without.audience.check", "true"));
        mesh.add(Client.confidential("desk", SECRET)
                .fullScope(true)
                .directAccess()
                .redirects(CALLBACK)
                .defaults("basic", "roles", "profile", "email")
                .optional("notes:read", "billing:read", "offline_access")
                .attribute("oauth2.jwt.authorization.grant.enabled", "true")
                .attribute("oauth2.jwt.authorization.grant.idp", "partner"));
        mesh.clientResource("agent").addOptionalClientScope(mesh.scopeId("notes:read"));
        mesh.clientResource("billing").addOptionalClientScope(mesh.scopeId("notes:read"));
        mesh.change("batch", batch -> batch.setAuthorizationServicesEnabled(true));
        ResourceServerRepresentation settings =
                mesh.clientResource("batch").authorization().getSettings();
        settings.setPolicyEnforcementMode(PolicyEnforcementMode.DISABLED);
        mesh.clientResource("batch").authorization().update(settings);
        for (String administrator : List.of(mesh.userId("alice"), mesh.serviceAccount("agent"))) {
            mesh.grant(administrator, "realm-management", "realm-admin");
        }
        partner = Partner.of(realm, "alice");
    }

    @BeforeEach
    void addServer() {
        mesh.add(Mesh.server("notes", NOTES, "notes:read"));
        mesh.addRole("notes", "reader");
        for (String somebody : List.of(mesh.userId("alice"), mesh.serviceAccount("agent"))) {
            mesh.grant(somebody, "notes", "reader");
        }
    }

    @AfterEach
    void removeServer() {
        mesh.admin()
                .clients()
                .findByClientId("notes")
                .forEach(client -> mesh.admin().clients().get(client.getId()).remove());
        mesh.admin()
                .clients()
                .findByClientId("rival")
                .forEach(client -> mesh.admin().clients().get(client.getId()).remove());
    }

    private Map<String, String> tokens() {
        Map<String, String> tokens = new LinkedHashMap<>();
        tokens.put(
                "machine",
                mesh.oauth()
                        .clientCredentials(secret("agent"), FOR_NOTES)
                        .expect(200)
                        .accessToken());
        Reply login = mesh.oauth()
                .code(
                        secret("desk"),
                        mesh.oauth()
                                .authorize(authorization("desk", "openid notes:read")
                                        .with("resource", NOTES))
                                .as("alice", "alice"),
                        Form.empty())
                .expect(200);
        tokens.put("login", login.accessToken());
        tokens.put(
                "refresh",
                mesh.oauth()
                        .refresh(secret("desk"), login.refreshToken(), Form.empty())
                        .expect(200)
                        .accessToken());
        tokens.put(
                "password",
                mesh.oauth()
                        .token(secret("desk"), Form.password("alice", "alice").and(FOR_NOTES))
                        .expect(200)
                        .accessToken());
        tokens.put(
                "assertion",
                mesh.oauth()
                        .token(
                                secret("desk"),
                                Form.of("grant_type", JWT_BEARER)
                                        .with("assertion", partner.assertion())
                                        .and(FOR_NOTES))
                        .expect(200)
                        .accessToken());
        String forBilling = mesh.oauth()
                .token(
                        secret("desk"),
                        Form.password("alice", "alice")
                                .with("scope", "billing:read")
                                .with("resource", Mesh.BILLING))
                .expect(200)
                .accessToken();
        tokens.put(
                "exchange",
                mesh.oauth()
                        .exchange(secret("billing"), forBilling, FOR_NOTES)
                        .expect(200)
                        .accessToken());
        return tokens;
    }

    private int get(String url, String token) {
        return mesh.oauth().get(URI.create(url), token).status();
    }

    private void assertStrangerToKeycloak(String token, String of) {
        String realm = mesh.issuer().toString();
        assertThat(get(mesh.adminUri("users?max=1").toString(), token)).as(of).isEqualTo(401);
        assertThat(get(mesh.adminUri("mcp/doctor").toString(), token)).as(of).isEqualTo(401);
        assertThat(get(realm + "/account/v1alpha1/sessions", token)).as(of).isEqualTo(401);
        assertThat(get(realm + "/account/v1alpha1/credentials", token)).as(of).isEqualTo(401);
        for (String endpoint : List.of("default", "openid-connect")) {
            assertThat(get(realm + "/clients-registrations/" + endpoint + "/web", token))
                    .as(of)
                    .isEqualTo(401);
            assertThat(mesh.oauth()
                            .postJson(
                                    URI.create(realm + "/clients-registrations/" + endpoint),
                                    Map.of("redirect_uris", List.of(CALLBACK)),
                                    token)
                            .status())
                    .as(of)
                    .isEqualTo(401);
        }
        Reply ticket = mesh.oauth()
                .token(
                        ClientAuth.bearer(token),
                        Form.of("grant_type", "urn:ietf:params:oauth:grant-type:uma-ticket")
                                .with("audience", "batch"));
        assertThat(ticket.status()).as(of).isEqualTo(400);
        assertThat(ticket.error()).as(of).isEqualTo("invalid_target");
    }

    private JsonNode introspected(String token) {
        return mesh.oauth().introspect(secret("auditor"), token).expect(200).json();
    }

    private void assertBoundAfter(Runnable fate) {
        Map<String, String> tokens = tokens();
        Map<String, JsonNode> userInfo = new HashMap<>();
        Map<String, JsonNode> introspection = new HashMap<>();
        tokens.forEach((of, token) -> {
            assertStrangerToKeycloak(token, of);
            userInfo.put(of, mesh.oauth().userInfo(token).expect(200).json());
            introspection.put(of, introspected(token));
            assertThat(introspection.get(of).path("active").asBoolean()).as(of).isTrue();
            assertThat(userInfo.get(of).has("email")).as(of).isFalse();
        });
        fate.run();
        tokens.forEach((of, token) -> {
            assertStrangerToKeycloak(token, of);
            assertThat(mesh.oauth().userInfo(token).expect(200).json()).as(of).isEqualTo(userInfo.get(of));
            assertNoMore(introspected(token), introspection.get(of), of);
        });
    }

    /** Equal, but that roles of a deleted client are gone. */
    private static void assertNoMore(JsonNode after, JsonNode before, String of) {
        assertThat(after.fieldNames()).toIterable().as(of).isSubsetOf(() -> before.fieldNames());
        after.fieldNames()
                .forEachRemaining(claim ->
                        assertThat(after.get(claim)).as(of + ": " + claim).isEqualTo(before.get(claim)));
        assertThat(after.path("active").asBoolean()).as(of).isTrue();
    }

    @Test
    @Tries({"RFC8707-3-elsewhere", "ASI03-stale"})
    void tokensOfADisabledServerStayBound() {
        assertBoundAfter(() -> mesh.change("notes", notes -> notes.setEnabled(false)));
    }

    @Test
    @Tries({"RFC8707-3-elsewhere", "ASI03-stale"})
    void tokensOfAServerThatMovedStayBound() {
        assertBoundAfter(() ->
                mesh.change("notes", notes -> notes.getAttributes().put("resource_url", "https://moved.example.com")));
    }

    @Test
    @Tries({"RFC8707-3-elsewhere", "ASI03-stale"})
    void tokensOfAServerThatIsClaimedTwiceStayBound() {
        assertBoundAfter(() -> mesh.add(Mesh.server("rival", NOTES, "notes:read")));
    }

    @Test
    @Tries({"RFC8707-3-elsewhere", "ASI03-stale"})
    void tokensOfADeletedServerStayBound() {
        assertBoundAfter(() -> mesh.clientResource("notes").remove());
    }

    @Test
    @Tries({"RFC8707-3-elsewhere", "ASI03-stale"})
    void tokensOfAServerWhoseUriIsAnotherClientsNowSayNoMoreAboutRolesThere() {
        assertBoundAfter(() -> {
            mesh.clientResource("notes").remove();
            mesh.add(Mesh.server("rival", NOTES, "notes:read", "billing:read"));
            mesh.addRole("rival", "owner");
            for (String somebody : List.of(mesh.userId("alice"), mesh.serviceAccount("agent"))) {
                mesh.grant(somebody, "rival", "owner");
            }
        });
    }

    @Test
    @Tries({"RFC8707-3-elsewhere", "ASI03-stale"})
    void tokensStayBoundWhenTheRealmGivesUpItsPolicies() {
        Map<String, String> tokens = tokens();
        mesh.policies(Map.of());
        try {
            tokens.forEach((of, token) -> {
                assertThat(get(mesh.adminUri("users?max=1").toString(), token))
                        .as(of)
                        .isEqualTo(401);
                assertThat(get(mesh.issuer() + "/account/v1alpha1/sessions", token))
                        .as(of)
                        .isEqualTo(401);
            });
        } finally {
            mesh.defaultPolicies();
        }
    }
}

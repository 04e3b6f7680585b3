package dev.keycloakmcp.itest.resource;

import static dev.keycloakmcp.itest.resource.Mesh.CRM;
import static dev.keycloakmcp.itest.resource.Mesh.TICKETS;
import static dev.keycloakmcp.itest.resource.Mesh.authorization;
import static dev.keycloakmcp.itest.resource.Mesh.secret;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Exchanged and delegated tokens say who acts for the user. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ActorClaimIT {

    private static final Map<String, String> EVERYWHERE =
            Map.of("access.token.claim", "true", "introspection.token.claim", "true", "id.token.claim", "true");

    private Mesh mesh;

    @BeforeAll
    void configure(TestRealm realm) {
        mesh = Mesh.in(realm).defaultPolicies();
        mesh.mapper("app", "oidc-mcp-actor-mapper", EVERYWHERE);
        mesh.mapper("crm", "oidc-mcp-actor-mapper", EVERYWHERE);
        mesh.mapper("agent", "oidc-mcp-actor-mapper", EVERYWHERE);
        mesh.mapper(
                "crm",
                "oidc-hardcoded-claim-mapper",
                Map.of(
                        "claim.name",
                        "act",
                        "claim.value",
                        "{\"sub\":\"nobody\"}",
                        "jsonType.label",
                        "JSON",
                        "access.token.claim",
                        "true",
                        "introspection.token.claim",
                        "true"));
    }

    private String serviceAccount(String clientId) {
        return mesh.serviceAccount(clientId);
    }

    private static void assertActor(JsonNode act, String subject, String clientId) {
        assertThat(act.path("sub").asText()).isEqualTo(subject);
        assertThat(act.path("client_id").asText()).isEqualTo(clientId);
    }

    @Test
    void a_delegated_token_names_the_client_and_refreshes_keep_it() {
        Reply tokens = mesh.signIn(authorization("app", "openid crm:read").with("resource", CRM));

        assertActor(mesh.verify(tokens).claims().path("act"), "app", "app");
        assertActor(mesh.oauth().verify(tokens.get("id_token")).claims().path("act"), "app", "app");
        Reply refreshed = mesh.oauth().refresh(ClientAuth.none("app"), tokens.refreshToken(), Form.empty());
        assertActor(mesh.verify(refreshed).claims().path("act"), "app", "app");
        assertActor(
                mesh.oauth()
                        .introspect(secret("crm"), refreshed.accessToken())
                        .json()
                        .path("act"),
                "app",
                "app");
    }

    @Test
    void an_exchanged_token_nests_the_actors_newest_outermost() {
        String token = mesh.signIn(authorization("app", "crm:read").with("resource", CRM))
                .accessToken();
        Reply exchanged = mesh.oauth()
                .exchange(secret("crm"), token, Form.of("resource", TICKETS).with("scope", "tickets:read"));

        JsonNode act = mesh.verify(exchanged).claims().path("act");
        assertActor(act, serviceAccount("crm"), "crm");
        assertActor(act.path("act"), "app", "app");
        assertThat(act.path("act").has("act")).isFalse();
        assertThat(mesh.verify(exchanged).text("sub"))
                .isEqualTo(mesh.oauth().verify(token).text("sub"));
        assertThat(mesh.oauth()
                        .introspect(secret("tickets"), exchanged.accessToken())
                        .json()
                        .path("act"))
                .isEqualTo(act);
    }

    @Test
    @Tries("RFC8693-5-laundering")
    void the_mapper_alone_keeps_the_chain_in_a_realm_without_policies(KeycloakServer server) {
        try (TestRealm plain = TestRealm.create(server, "plain")) {
            Mesh unguarded = Mesh.in(plain);
            unguarded.mapper("app", "oidc-mcp-actor-mapper", EVERYWHERE);
            unguarded.mapper("crm", "oidc-mcp-actor-mapper", EVERYWHERE);
            unguarded.mapper(
                    "app",
                    "oidc-audience-mapper",
                    Map.of("included.client.audience", "crm", "access.token.claim", "true"));
            String token = unguarded.signIn(authorization("app", "crm:read")).accessToken();

            JsonNode act = unguarded
                    .verify(unguarded.oauth().exchange(secret("crm"), token, Form.empty()))
                    .claims()
                    .path("act");
            assertThat(act.path("client_id").asText()).isEqualTo("crm");
            assertActor(act.path("act"), "app", "app");
        }
    }

    @Test
    void a_machine_token_has_no_actor() {
        assertThat(mesh.verify(mesh.oauth().clientCredentials(secret("agent"), Form.of("resource", CRM)))
                        .claims()
                        .has("act"))
                .isFalse();
    }

    @Test
    void a_client_without_the_mapper_is_not_stamped() {
        assertThat(mesh.verify(mesh.signIn(authorization("web", "openid")))
                        .claims()
                        .has("act"))
                .isFalse();
    }

    @Test
    void a_device_acts_from_its_first_token_on() {
        mesh.change("app", client -> client.getAttributes().put("oauth2.device.authorization.grant.enabled", "true"));
        ClientAuth app = ClientAuth.none("app");
        Reply device = mesh.oauth()
                .post(
                        mesh.oauth().endpoint("auth/device"),
                        app,
                        Form.of("scope", "openid crm:read").with("resource", CRM))
                .expect(200);
        mesh.oauth()
                .open(URI.create(device.get("verification_uri_complete")), new Browser())
                .as("alice", "alice");
        Reply tokens = mesh.oauth()
                .token(
                        app,
                        Form.of("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
                                .with("device_code", device.get("device_code")))
                .expect(200);
        assertActor(mesh.verify(tokens).claims().path("act"), "app", "app");
        Reply exchanged = mesh.oauth()
                .exchange(secret("crm"), tokens.accessToken(), Form.of("resource", TICKETS))
                .expect(200);
        JsonNode act = mesh.verify(exchanged).claims().path("act");
        assertActor(act, serviceAccount("crm"), "crm");
        assertActor(act.path("act"), "app", "app");
    }
}

package dev.keycloakmcp.itest.resource;

import static dev.keycloakmcp.itest.resource.Mesh.BILLING;
import static dev.keycloakmcp.itest.resource.Mesh.CRM;
import static dev.keycloakmcp.itest.resource.Mesh.TICKETS;
import static dev.keycloakmcp.itest.resource.Mesh.authorization;
import static dev.keycloakmcp.itest.resource.Mesh.secret;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.TestRealm;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Beside Keycloak's experimental features ours still gives the right token, and never a server error. */
@KeycloakTest(features = {"resource-indicators", "token-exchange-delegation", "parameterized-scopes", "cimd"})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExperimentalFeaturesIT {

    private Mesh mesh;

    @BeforeAll
    void configure(TestRealm realm) {
        mesh = Mesh.in(realm).defaultPolicies();
    }

    @Test
    void machine_tokens_are_bound() {
        assertThat(mesh.verify(mesh.oauth().clientCredentials(secret("agent"), Form.of("resource", CRM + "/")))
                        .audience())
                .containsExactly(CRM);
        assertThat(mesh.oauth()
                        .clientCredentials(secret("agent"), Form.of("resource", "https://other.example.com"))
                        .error())
                .isEqualTo("invalid_target");
    }

    @Test
    void user_tokens_are_bound_through_code_refresh_offline_and_exchange() {
        Reply tokens = mesh.signIn(
                authorization("app", "openid offline_access crm:read").with("resource", CRM + "/"),
                Form.of("resource", CRM));
        assertThat(mesh.verify(tokens).audience()).containsExactly(CRM);
        assertThat(mesh.verify(tokens).scopes()).contains("crm:read");
        Reply refreshed = mesh.oauth().refresh(ClientAuth.none("app"), tokens.refreshToken(), Form.empty());
        assertThat(mesh.verify(refreshed).audience()).containsExactly(CRM);
        assertThat(mesh.oauth()
                        .refresh(ClientAuth.none("app"), refreshed.refreshToken(), Form.of("resource", BILLING))
                        .error())
                .isEqualTo("invalid_target");

        Reply online = mesh.signIn(authorization("app", "crm:read").with("resource", CRM));
        Reply exchanged = mesh.oauth()
                .exchange(
                        secret("crm"),
                        online.accessToken(),
                        Form.of("resource", TICKETS).with("scope", "tickets:read"));
        assertThat(mesh.verify(exchanged).audience()).containsExactly(TICKETS);
        assertThat(mesh.oauth()
                        .introspect(secret("crm"), online.accessToken())
                        .json()
                        .get("active")
                        .asBoolean())
                .isTrue();
    }
}

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
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The column of the README's table that speaks of stock Keycloak, row by row, on a Keycloak without our jars. */
@KeycloakTest(withExtension = false)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StockKeycloakIT {

    private Mesh mesh;

    @BeforeAll
    void configure(TestRealm realm) {
        mesh = Mesh.in(realm);
    }

    @Test
    void every_row_is_tested_here() {
        assertThat(ReadmeTable.testedBy(getClass())).containsExactlyInAnyOrderElementsOf(ReadmeTable.rows());
    }

    @Test
    @DisplayName(ReadmeTable.LOGIN_NAMES_SERVER)
    void login_names_server() {
        Jwt token = mesh.verify(
                mesh.signIn(authorization("app", "crm:read billing:read").with("resource", CRM)));
        assertThat(token.audience()).doesNotContain(CRM);
        assertThat(token.scopes()).contains("crm:read", "billing:read");
    }

    @Test
    @DisplayName(ReadmeTable.LOGIN_NAMES_UNKNOWN)
    void login_names_unknown() {
        mesh.verify(mesh.signIn(authorization("app", "crm:read").with("resource", "https://other.example.com")));
    }

    @Test
    @DisplayName(ReadmeTable.NO_SERVER_NAMED)
    void no_server_named() {
        assertThat(mesh.verify(mesh.signIn(authorization("app", "crm:read"))).audience())
                .doesNotContain(CRM);
    }

    @Test
    @DisplayName(ReadmeTable.OTHER_SERVER_LATER)
    void other_server_later() {
        Reply tokens =
                mesh.signIn(authorization("app", "crm:read").with("resource", CRM), Form.of("resource", BILLING));
        mesh.verify(mesh.oauth()
                .refresh(ClientAuth.none("app"), tokens.expect(200).refreshToken(), Form.of("resource", BILLING)));
    }

    @Test
    @DisplayName(ReadmeTable.INTROSPECTION)
    void introspection() {
        Reply tokens = mesh.signIn(authorization("app", "crm:read").with("resource", CRM));
        assertThat(mesh.oauth().introspect(secret("crm"), tokens.accessToken()).body())
                .isEqualTo("{\"active\":false}");
    }

    @Test
    @DisplayName(ReadmeTable.AGENT_WITHOUT_SCOPE)
    void agent_without_scope() {
        Jwt token = mesh.verify(mesh.oauth().clientCredentials(secret("batch"), Form.empty()));
        assertThat(token.audience()).containsExactly("account");
        assertThat(token.claims().path("realm_access").path("roles").toString())
                .contains("default-roles-" + mesh.name());
    }

    @Test
    @DisplayName(ReadmeTable.AGENT_ELSEWHERE)
    void agent_elsewhere() {
        mesh.verify(mesh.oauth().clientCredentials(secret("agent"), Form.of("resource", TICKETS)));
    }

    @Test
    @DisplayName(ReadmeTable.LIFETIME)
    void lifetime() {
        mesh.change("agent", client -> client.getAttributes().put("access.token.lifespan", "3600"));
        Jwt token = mesh.verify(mesh.oauth().clientCredentials(secret("agent"), Form.empty()));
        assertThat(token.claims().get("exp").asLong()
                        - token.claims().get("iat").asLong())
                .isEqualTo(3600);
    }

    @Test
    @DisplayName(ReadmeTable.EXCHANGE)
    void exchange() {
        mesh.mapper(
                "app", "oidc-audience-mapper", Map.of("included.client.audience", "crm", "access.token.claim", "true"));
        String caller = mesh.signIn(authorization("app", "crm:read")).accessToken();
        Jwt token = mesh.verify(mesh.oauth()
                .exchange(secret("crm"), caller, Form.of("resource", TICKETS).with("scope", "tickets:read")));
        assertThat(token.audience()).doesNotContain(TICKETS);
        assertThat(token.claims().has("act")).isFalse();
    }

    @Test
    @DisplayName(ReadmeTable.FOREIGN_EXCHANGE)
    void foreign_exchange() {
        String caller = mesh.signIn(authorization("app", "crm:read")).accessToken();
        assertThat(mesh.oauth()
                        .exchange(secret("billing"), caller, Form.empty())
                        .error())
                .isEqualTo("access_denied");
    }

    @Test
    @DisplayName(ReadmeTable.REGISTRATION)
    void registration() {
        Reply refused = mesh.oauth()
                .register(
                        "openid-connect",
                        Map.of("client_name", "Example", "redirect_uris", List.of("http://localhost:8090/callback")));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body()).contains("Trusted Hosts");
    }

    @Test
    @DisplayName(ReadmeTable.UNKNOWN_METADATA)
    void unknown_metadata() {
        assertThat(mesh.oauth()
                        .register(
                                "openid-connect",
                                Map.of(
                                        "redirect_uris", List.of("http://127.0.0.1:8123/cb"),
                                        "unknown_member", Map.of("nested", List.of(1, 2, 3))))
                        .status())
                .isEqualTo(400);
    }
}

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
import dev.keycloakmcp.itest.realm.Registration;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The last column of the README's table, row by row. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReadmeIT {

    private Mesh mesh;

    @BeforeAll
    void configure(TestRealm realm) {
        mesh = Mesh.in(realm).defaultPolicies();
        Registration.admit(mesh, "anonymous", Map.of());
        mesh.mapper("crm", "oidc-mcp-actor-mapper", Map.of("access.token.claim", "true"));
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
        assertThat(token.audience()).containsExactly(CRM);
        assertThat(token.scopes()).containsExactly("crm:read");
    }

    @Test
    @DisplayName(ReadmeTable.LOGIN_NAMES_UNKNOWN)
    void login_names_unknown() {
        assertThat(mesh.oauth()
                        .authorize(authorization("app", "crm:read").with("resource", "https://other.example.com"))
                        .callback()
                        .get("error"))
                .isEqualTo("invalid_target");
    }

    @Test
    @DisplayName(ReadmeTable.NO_SERVER_NAMED)
    void no_server_named() {
        assertThat(mesh.verify(mesh.signIn(authorization("app", "crm:read"))).audience())
                .containsExactly(CRM);
        assertThat(mesh.oauth()
                        .authorize(authorization("app", "mcp:tools"))
                        .callback()
                        .get("error"))
                .isEqualTo("invalid_target");
    }

    @Test
    @DisplayName(ReadmeTable.OTHER_SERVER_LATER)
    void other_server_later() {
        Reply tokens = mesh.signIn(authorization("app", "crm:read").with("resource", CRM));
        assertThat(mesh.oauth()
                        .refresh(ClientAuth.none("app"), tokens.refreshToken(), Form.of("resource", BILLING))
                        .error())
                .isEqualTo("invalid_target");
        assertThat(mesh.signIn(authorization("app", "crm:read").with("resource", CRM), Form.of("resource", BILLING))
                        .error())
                .isEqualTo("invalid_target");
    }

    @Test
    @DisplayName(ReadmeTable.INTROSPECTION)
    void introspection() {
        Reply tokens = mesh.signIn(authorization("app", "crm:read").with("resource", CRM));
        assertThat(mesh.oauth()
                        .introspect(secret("crm"), tokens.accessToken())
                        .json()
                        .path("aud")
                        .asText())
                .isEqualTo(CRM);
    }

    @Test
    @DisplayName(ReadmeTable.AGENT_WITHOUT_SCOPE)
    void agent_without_scope() {
        assertThat(mesh.verify(mesh.oauth().clientCredentials(secret("agent"), Form.of("resource", CRM)))
                        .scopes())
                .containsExactly("crm:read");
        assertThat(mesh.oauth()
                        .clientCredentials(secret("agent"), Form.of("resource", BILLING))
                        .error())
                .isEqualTo("invalid_scope");
    }

    @Test
    @DisplayName(ReadmeTable.AGENT_ELSEWHERE)
    void agent_elsewhere() {
        assertThat(mesh.oauth()
                        .clientCredentials(secret("agent"), Form.of("resource", TICKETS))
                        .error())
                .isEqualTo("invalid_target");
    }

    @Test
    @DisplayName(ReadmeTable.LIFETIME)
    void lifetime() {
        mesh.change("agent", client -> client.getAttributes().put("access.token.lifespan", "3600"));
        Jwt token = mesh.verify(mesh.oauth().clientCredentials(secret("agent"), Form.of("resource", CRM)));
        assertThat(token.claims().get("exp").asLong()
                        - token.claims().get("iat").asLong())
                .isEqualTo(300);
    }

    @Test
    @DisplayName(ReadmeTable.EXCHANGE)
    void exchange() {
        String caller = mesh.signIn(authorization("app", "crm:read").with("resource", CRM))
                .accessToken();
        Jwt token = mesh.verify(mesh.oauth()
                .exchange(secret("crm"), caller, Form.of("resource", TICKETS).with("scope", "tickets:read")));
        assertThat(token.audience()).containsExactly(TICKETS);
        assertThat(token.text("sub")).isEqualTo(mesh.oauth().verify(caller).text("sub"));
        assertThat(token.claims().path("act").path("client_id").asText()).isEqualTo("crm");
    }

    @Test
    @DisplayName(ReadmeTable.FOREIGN_EXCHANGE)
    void foreign_exchange() {
        String caller = mesh.signIn(authorization("app", "crm:read").with("resource", CRM))
                .accessToken();
        assertThat(mesh.oauth()
                        .exchange(secret("billing"), caller, Form.of("resource", TICKETS))
                        .error())
                .isEqualTo("access_denied");
    }

    @Test
    @DisplayName(ReadmeTable.REGISTRATION)
    void registration() {
        assertThat(mesh.oauth()
                        .register(
                                "mcp",
                                Map.of(
                                        "client_name", "Example",
                                        "redirect_uris", List.of("http://localhost:8090/callback"),
                                        "token_endpoint_auth_method", "none"))
                        .status())
                .isEqualTo(201);
        assertThat(mesh.oauth()
                        .register("mcp", Map.of("redirect_uris", List.of("https://evil.example.com/callback")))
                        .error())
                .isEqualTo("invalid_redirect_uri");
    }

    @Test
    @DisplayName(ReadmeTable.UNKNOWN_METADATA)
    void unknown_metadata() {
        assertThat(mesh.oauth()
                        .register(
                                "mcp",
                                Map.of(
                                        "redirect_uris", List.of("http://127.0.0.1:8123/cb"),
                                        "token_endpoint_auth_method", "none",
                                        "unknown_member", Map.of("nested", List.of(1, 2, 3))))
                        .status())
                .isEqualTo(201);
    }
}

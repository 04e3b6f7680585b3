package dev.keycloakmcp.itest.resource;

import static dev.keycloakmcp.itest.resource.Mesh.BILLING;
import static dev.keycloakmcp.itest.resource.Mesh.CRM;
import static dev.keycloakmcp.itest.resource.Mesh.authorization;
import static dev.keycloakmcp.itest.resource.Mesh.secret;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.keycloak.representations.idm.RoleRepresentation;

/** What a user may not have is left out, and what is refused all the same says so as OAuth clients read it, in browsers too. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokenErrorsIT {

    private static final ClientAuth APP = ClientAuth.none("app");
    private static final String ORIGIN = "http://localhost:8090";
    private static final String FOREIGN = "https://evil.example.com";

    /** RFC 6749 5.2, RFC 8628 3.5, RFC 8693 2.2.2, RFC 8707 2. */
    private static final Set<String> CODES = Set.of(
            "invalid_request",
            "invalid_client",
            "invalid_grant",
            "unauthorized_client",
            "unsupported_grant_type",
            "invalid_scope",
            "invalid_target",
            "access_denied",
            "authorization_pending",
            "expired_token");

    private Mesh mesh;

    @BeforeAll
    void configure(TestRealm realm) {
        mesh = Mesh.in(realm).defaultPolicies();
        mesh.change("app", client -> client.setWebOrigins(List.of(ORIGIN)));
        mesh.addUser("bob", "bob");
        mesh.admin().users().get(mesh.userId("bob")).roles().realmLevel().remove(defaultRoles());
    }

    @Test
    void offline_access_is_left_out_where_the_user_may_not_have_it() {
        Reply tokens = bob("openid offline_access crm:read").expect(200);

        assertThat(tokens.get("scope").split(" ")).containsExactlyInAnyOrder("openid", "crm:read");
        Reply refreshed = mesh.oauth().refresh(APP, tokens.refreshToken(), Form.empty());
        assertThat(mesh.verify(refreshed).scopes()).containsExactlyInAnyOrder("openid", "crm:read");
        assertThat(mesh.admin()
                        .users()
                        .get(mesh.userId("bob"))
                        .getOfflineSessions(mesh.client("app").getId()))
                .isEmpty();
    }

    @Test
    void a_scope_that_is_for_a_role_is_left_out_where_the_user_does_not_have_it() {
        String scope = mesh.scopeId("crm:write");
        mesh.admin()
                .clientScopes()
                .get(scope)
                .getScopeMappings()
                .clientLevel(mesh.client("crm").getId())
                .add(List.of(role()));
        try {
            Reply tokens = bob("openid crm:read crm:write").expect(200);
            assertThat(mesh.verify(tokens).scopes()).containsExactlyInAnyOrder("openid", "crm:read");
            Reply refreshed =
                    mesh.oauth().refresh(APP, tokens.refreshToken(), Form.of("scope", "openid crm:read crm:write"));
            assertThat(mesh.verify(refreshed).scopes()).containsExactlyInAnyOrder("openid", "crm:read");
            Reply nothing = mesh.signIn(authorization("app", "crm:write"));
            assertThat(mesh.verify(nothing).scopes()).isEmpty();
            assertThat(mesh.oauth()
                            .clientCredentials(secret("agent"), Form.of("scope", "crm:write"))
                            .error())
                    .isEqualTo("invalid_scope");
        } finally {
            mesh.admin()
                    .clientScopes()
                    .get(scope)
                    .getScopeMappings()
                    .clientLevel(mesh.client("crm").getId())
                    .remove(List.of(role()));
        }
    }

    @Test
    void an_offline_token_ends_with_the_role_by_an_error_that_clients_know() {
        Reply tokens = mesh.signIn(authorization("app", "openid offline_access crm:read"))
                .expect(200);
        var roles = mesh.admin().users().get(mesh.userId("alice")).roles().realmLevel();
        List<RoleRepresentation> defaults = defaultRoles();
        roles.remove(defaults);
        try {
            refused(mesh.oauth().refresh(APP.from(ORIGIN), tokens.refreshToken(), Form.empty()), 400, "invalid_grant");
        } finally {
            roles.add(defaults);
        }
    }

    @Test
    void refusals_are_oauth_errors_that_a_page_of_an_allowed_origin_can_read() {
        ClientAuth page = APP.from(ORIGIN);
        refused(mesh.oauth().token(page, Form.of("grant_type", "no-such-grant")), 400, "unsupported_grant_type");
        refused(mesh.oauth().token(page, Form.empty()), 400, "invalid_request");
        refused(mesh.oauth().token(page, Form.of("grant_type", "authorization_code")), 400, "invalid_request");
        refused(mesh.oauth().refresh(page, "garbage", Form.empty()), 400, "invalid_grant");
        refused(mesh.oauth().clientCredentials(page, Form.empty()), 401, "unauthorized_client");
        refused(mesh.oauth().token(page, Form.password("alice", "wrong")), 400, "unauthorized_client");
        refused(mesh.oauth().exchange(page, "garbage", Form.empty()), 400, "invalid_request");
        Reply tokens = mesh.signIn(authorization("app", "crm:read").with("resource", CRM));
        refused(mesh.oauth().refresh(page, tokens.refreshToken(), Form.of("resource", BILLING)), 400, "invalid_target");

        refused(
                mesh.oauth().refresh(ClientAuth.none("nobody").from(ORIGIN), tokens.refreshToken(), Form.empty()),
                401,
                "invalid_client");
        refused(
                mesh.oauth()
                        .clientCredentials(
                                ClientAuth.basic("agent", "wrong").from(ORIGIN), Form.of("scope", "crm:read")),
                401,
                "unauthorized_client");
    }

    @Test
    void a_page_of_another_origin_reads_nothing_once_the_client_is_known() {
        Reply tokens = mesh.signIn(authorization("app", "crm:read").with("resource", CRM));
        for (Form form : List.of(Form.of("resource", BILLING), Form.empty())) {
            Reply refused = mesh.oauth().refresh(APP.from(FOREIGN), tokens.refreshToken(), form);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.error()).isIn(CODES);
            assertThat(refused.headers().firstValue("Access-Control-Allow-Origin"))
                    .isEmpty();
        }
    }

    private Reply bob(String scope) {
        return mesh.oauth()
                .code(APP, mesh.oauth().authorize(authorization("app", scope)).as("bob", "bob"), Form.empty());
    }

    private static void refused(Reply reply, int status, String code) {
        assertThat(reply.status() + " " + reply.error()).as(reply.toString()).isEqualTo(status + " " + code);
        assertThat(reply.headers().firstValue("Access-Control-Allow-Origin"))
                .as(reply.toString())
                .contains(ORIGIN);
    }

    private List<RoleRepresentation> defaultRoles() {
        return List.of(mesh.admin().roles().get("default-roles-" + mesh.name()).toRepresentation());
    }

    private RoleRepresentation role() {
        return mesh.clientResource("crm").roles().get("crm-user").toRepresentation();
    }
}

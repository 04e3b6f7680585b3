package dev.keycloakmcp.itest.resource;

import static dev.keycloakmcp.itest.resource.Mesh.CRM;
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
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parameters as clients send them: without a value, with a space too many. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SentParametersIT {

    private static final ClientAuth APP = ClientAuth.none("app");

    private Mesh mesh;

    @BeforeAll
    void configure(TestRealm realm) {
        mesh = Mesh.in(realm);
        configurePolicies();
        mesh.change("app", client -> client.getAttributes().put("oauth2.device.authorization.grant.enabled", "true"));
    }

    private void configurePolicies() {
        mesh.policies(Map.of(
                "mcp-resource-indicator", Map.of(),
                "mcp-client-credentials", Map.of(),
                "mcp-delegation", Map.of()));
    }

    @Test
    void parameters_without_a_value_are_absent_at_the_authorization_endpoint() {
        Form sent = authorization("app", "openid crm:read")
                .with("response_type", "code")
                .and(empty(
                        "resource",
                        "state",
                        "nonce",
                        "prompt",
                        "login_hint",
                        "max_age",
                        "ui_locales",
                        "claims",
                        "request",
                        "request_uri",
                        "acr_values",
                        "response_mode",
                        "dpop_jkt"));

        assertThat(mesh.verify(mesh.signIn(sent)).audience()).containsExactly(CRM);
    }

    @Test
    void parameters_without_a_value_are_absent_beside_one_that_has_one() {
        Form sent =
                authorization("app", "openid crm:read").and(empty("resource")).with("resource", CRM);

        assertThat(mesh.verify(mesh.signIn(sent)).audience()).containsExactly(CRM);
    }

    @Test
    void parameters_without_a_value_are_absent_at_pushed_requests() {
        Form sent = authorization("app", "openid crm:read")
                .without("client_id")
                .and(empty("resource", "nonce", "prompt", "request", "request_uri", "claims", "client_secret"));
        Reply tokens = mesh.oauth()
                .code(
                        APP,
                        mesh.oauth()
                                .authorizePushed(APP, "app", sent, new Browser())
                                .as("alice", "alice"),
                        Form.empty());

        assertThat(mesh.verify(tokens).audience()).containsExactly(CRM);
    }

    @Test
    void parameters_without_a_value_are_absent_at_code_and_refresh() {
        Form nothing =
                empty("resource", "audience", "scope", "client_secret", "client_assertion", "client_assertion_type");
        Reply tokens = mesh.signIn(authorization("app", "openid crm:read"), nothing);
        assertThat(mesh.verify(tokens).audience()).containsExactly(CRM);

        Jwt refreshed = mesh.verify(mesh.oauth().refresh(APP, tokens.refreshToken(), nothing));
        assertThat(refreshed.audience()).containsExactly(CRM);
        assertThat(refreshed.scopes()).containsExactlyInAnyOrder("openid", "crm:read");
    }

    @Test
    void parameters_without_a_value_are_absent_for_devices() {
        Reply device = mesh.oauth()
                .post(
                        mesh.oauth().endpoint("auth/device"),
                        APP,
                        Form.of("scope", "openid crm:read").and(empty("resource", "nonce", "client_secret")))
                .expect(200);
        mesh.oauth()
                .open(URI.create(device.get("verification_uri_complete")), new Browser())
                .as("alice", "alice");
        Reply tokens = mesh.oauth()
                .token(
                        APP,
                        Form.of("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
                                .with("device_code", device.get("device_code"))
                                .and(empty("resource", "scope", "client_secret")));

        assertThat(mesh.verify(tokens).audience()).containsExactly(CRM);
    }

    @Test
    void parameters_without_a_value_are_absent_at_client_credentials() {
        Reply machine = mesh.oauth()
                .clientCredentials(
                        secret("agent"),
                        empty(
                                        "client_secret",
                                        "client_id",
                                        "client_assertion",
                                        "client_assertion_type",
                                        "audience",
                                        "scope")
                                .with("resource", CRM));

        assertThat(mesh.verify(machine).scopes()).containsExactly("crm:read");
    }

    @Test
    void parameters_without_a_value_are_absent_at_token_exchange() {
        String token = mesh.signIn(authorization("app", "crm:read").with("resource", CRM))
                .accessToken();

        Reply exchanged = mesh.oauth()
                .exchange(
                        secret("crm"),
                        token,
                        Form.of("scope", "tickets:read")
                                .and(empty(
                                        "actor_token",
                                        "actor_token_type",
                                        "requested_token_type",
                                        "requested_subject",
                                        "requested_issuer",
                                        "subject_issuer",
                                        "resource",
                                        "audience",
                                        "client_secret")));

        assertThat(mesh.verify(exchanged).audience()).containsExactly(TICKETS);
    }

    @Test
    void parameters_without_a_value_are_absent_at_introspection_and_revocation() {
        String token = mesh.signIn(authorization("app", "crm:read").with("resource", CRM))
                .accessToken();
        Form asked = Form.of("token", token).and(empty("token_type_hint", "client_secret", "client_assertion"));

        assertThat(mesh.oauth()
                        .post(mesh.oauth().endpoint("token/introspect"), secret("crm"), asked)
                        .expect(200)
                        .get("active"))
                .isEqualTo("true");
        mesh.oauth().post(mesh.oauth().endpoint("revoke"), APP, asked).expect(200);
        assertThat(mesh.oauth().introspect(secret("crm"), token).get("active")).isEqualTo("false");
    }

    @ParameterizedTest
    @ValueSource(strings = {" crm:read", "crm:read ", "openid  crm:read", "   openid   crm:read   "})
    void scopes_may_be_separated_by_any_run_of_spaces(String scope) {
        Reply tokens = mesh.signIn(authorization("app", scope));
        assertThat(mesh.verify(tokens).scopes()).contains("crm:read");
        assertThat(mesh.verify(mesh.oauth().refresh(APP, tokens.refreshToken(), Form.of("scope", scope)))
                        .scopes())
                .contains("crm:read");
        assertThat(mesh.verify(mesh.oauth()
                                .code(
                                        APP,
                                        mesh.oauth()
                                                .authorizePushed(
                                                        APP,
                                                        "app",
                                                        authorization("app", scope)
                                                                .without("client_id"),
                                                        new Browser())
                                                .as("alice", "alice"),
                                        Form.empty()))
                        .scopes())
                .contains("crm:read");

        String machine = scope.replace("openid", "");
        assertThat(mesh.verify(mesh.oauth().clientCredentials(secret("agent"), Form.of("scope", machine)))
                        .scopes())
                .containsExactly("crm:read");
        assertThat(mesh.verify(mesh.oauth()
                                .exchange(
                                        secret("crm"),
                                        tokens.accessToken(),
                                        Form.of("scope", machine.replace("crm", "tickets"))))
                        .scopes())
                .containsExactly("tickets:read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"enforce", "report"})
    void a_server_whose_uri_has_a_query_is_served_from_the_authorization_request_on(String enforcement) {
        String name = "queried-" + enforcement;
        String uri = "https://" + name + ".example.com/mcp?login";
        mesh.add(Scope.named(name));
        mesh.add(Mesh.server(name, uri, name));
        mesh.clientResource("app").addOptionalClientScope(mesh.scopeId(name));
        Form request = authorization("app", "openid " + name).with("resource", uri);
        if (enforcement.equals("report")) {
            mesh.policies(Map.of("mcp-resource-indicator", Map.of("enforcement", "report")));
        }
        try {
            Authorization authorized = mesh.oauth().authorize(request).as("alice", "alice");
            Authorization pushed = mesh.oauth()
                    .authorizePushed(APP, "app", request.without("client_id"), new Browser())
                    .as("alice", "alice");
            for (Authorization login : List.of(authorized, pushed)) {
                Reply tokens = mesh.oauth().code(APP, login, Form.of("resource", uri));
                assertThat(mesh.lastEvent("CODE_TO_TOKEN"))
                        .containsEntry("resource", uri)
                        .containsEntry("mcp_decision", enforcement.equals("enforce") ? "allow" : "would-narrow");
                if (enforcement.equals("enforce")) {
                    assertThat(mesh.verify(tokens).audience()).containsExactly(uri);
                    assertThat(mesh.verify(mesh.oauth().refresh(APP, tokens.refreshToken(), Form.of("resource", uri)))
                                    .audience())
                            .containsExactly(uri);
                }
            }
        } finally {
            configurePolicies();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://crm.example.com/mcp?login", "https://other.example.com/mcp?login"})
    @Tries({"RFC8707-2-unknown", "RFC8707-3-lookalike"})
    void a_query_that_no_server_has_is_refused(String uri) {
        assertThat(mesh.oauth()
                        .authorize(authorization("app", "crm:read").with("resource", uri))
                        .callback()
                        .get("error"))
                .isEqualTo("invalid_target");
        assertThat(mesh.oauth()
                        .push(
                                APP,
                                authorization("app", "crm:read")
                                        .without("client_id")
                                        .with("response_type", "code")
                                        .with("resource", uri))
                        .error())
                .isEqualTo("invalid_target");
    }

    private static Form empty(String... names) {
        return Stream.of(names).map(name -> Form.of(name, "")).reduce(Form.empty(), Form::and);
    }
}

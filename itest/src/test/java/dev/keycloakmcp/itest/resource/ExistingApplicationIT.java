package dev.keycloakmcp.itest.resource;

import static dev.keycloakmcp.itest.resource.Mesh.CRM;
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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A web shop that was there before one of its scopes became the scope of an MCP server. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExistingApplicationIT {

    private static final List<String> IDENTITY = List.of("name", "preferred_username", "email");
    private static final ClientAuth SHOP = ClientAuth.none("shop");

    private Mesh mesh;

    @BeforeAll
    void configure(TestRealm realm) {
        mesh = Mesh.in(realm).defaultPolicies();
        mesh.add(Mesh.application("shop")
                .fullScope(true)
                .defaults("basic", "roles", "profile", "email", "acr", "web-origins", "crm:read")
                .optional("crm:write", "address", "offline_access"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"openid", "openid profile email", "openid offline_access"})
    void it_keeps_its_default_scope_and_who_signed_in(String scope) {
        Reply tokens = mesh.signIn(authorization("shop", scope));

        assertThat(mesh.verify(tokens).audience()).containsExactly(CRM);
        assertThat(mesh.verify(tokens).scopes()).contains("openid", "crm:read").doesNotContain("profile", "email");
        assertThat(identity(tokens)).containsAll(IDENTITY);
        Reply refreshed = mesh.oauth().refresh(SHOP, tokens.refreshToken(), Form.empty());
        assertThat(mesh.verify(refreshed).scopes())
                .isEqualTo(mesh.verify(tokens).scopes());
        assertThat(identity(refreshed)).containsAll(IDENTITY);
        Reply again = mesh.oauth().refresh(SHOP, refreshed.refreshToken(), Form.empty());
        assertThat(identity(again)).containsAll(IDENTITY);
    }

    @Test
    void userinfo_and_introspection_say_no_more_than_the_access_token() {
        Reply tokens = mesh.signIn(authorization("shop", "openid profile email"));

        IDENTITY.forEach(claim -> {
            assertThat(mesh.verify(tokens).claims().has(claim)).as(claim).isFalse();
            assertThat(mesh.oauth().userInfo(tokens.accessToken()).json().has(claim))
                    .as(claim)
                    .isFalse();
            assertThat(mesh.oauth()
                            .introspect(secret("crm"), tokens.accessToken())
                            .json()
                            .has(claim))
                    .as(claim)
                    .isFalse();
        });
    }

    @Test
    void an_application_that_names_a_scope_of_the_server_gets_what_it_names() {
        Jwt token = mesh.verify(mesh.signIn(authorization("shop", "openid crm:write")));

        assertThat(token.scopes()).containsExactlyInAnyOrder("openid", "crm:write");
    }

    @Test
    void a_refresh_that_names_none_gets_none() {
        Reply tokens = mesh.signIn(authorization("shop", "openid profile"));

        Jwt refreshed = mesh.verify(mesh.oauth().refresh(SHOP, tokens.refreshToken(), Form.of("scope", "openid")));
        assertThat(refreshed.scopes()).containsExactly("openid");
    }

    @Test
    void a_machine_that_names_others_is_refused_as_before() {
        assertThat(mesh.oauth()
                        .clientCredentials(
                                secret("agent"), Form.of("scope", "profile").with("resource", CRM))
                        .error())
                .isEqualTo("invalid_scope");
    }

    @Test
    void an_id_token_of_an_exchange_is_as_narrow_as_its_access_token() {
        mesh.clientResource("crm").addDefaultClientScope(mesh.scopeId("profile"));
        mesh.clientResource("crm").addDefaultClientScope(mesh.scopeId("email"));
        String token = mesh.signIn(authorization("shop", "openid crm:read")).accessToken();

        Reply exchanged = mesh.oauth().exchange(secret("crm"), token, Form.of("scope", "openid tickets:read"));

        assertThat(identity(exchanged.expect(200))).doesNotContainAnyElementsOf(IDENTITY);
    }

    private static List<String> identity(Reply tokens) {
        Jwt token = Jwt.decode(tokens.expect(200).get("id_token"));
        return IDENTITY.stream().filter(token.claims()::has).toList();
    }
}

package dev.keycloakmcp.itest.resource;

import static dev.keycloakmcp.itest.resource.Mesh.CALLBACK;
import static dev.keycloakmcp.itest.resource.Mesh.SECRET;
import static dev.keycloakmcp.itest.resource.Mesh.authorization;
import static dev.keycloakmcp.itest.resource.Mesh.secret;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.keycloak.representations.idm.authorization.PolicyEnforcementMode;
import org.keycloak.representations.idm.authorization.ResourceServerRepresentation;

/** Clients that have nothing to do with MCP servers, in a realm that has policies, when they are suspended. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SuspendedTokenIT {

    private Mesh mesh;

    @BeforeAll
    void configure(TestRealm realm) {
        mesh = Mesh.in(realm).defaultPolicies();
        mesh.add(Client.confidential("helper", SECRET).exchanges().defaults("basic", "roles"));
        mesh.add(Mesh.service("manager").fullScope(true).defaults("basic", "roles"));
        mesh.mapper(
                "manager",
                "oidc-audience-mapper",
                Map.of("included.client.audience", "helper", "access.token.claim", "true"));
        Client page = Mesh.application("page").fullScope(true).defaults("basic", "roles");
        page.setImplicitFlowEnabled(true);
        mesh.add(page);
        mesh.change("batch", batch -> batch.setAuthorizationServicesEnabled(true));
        ResourceServerRepresentation settings =
                mesh.clientResource("batch").authorization().getSettings();
        settings.setPolicyEnforcementMode(PolicyEnforcementMode.DISABLED);
        mesh.clientResource("batch").authorization().update(settings);
        for (String administrator : List.of(mesh.userId("alice"), mesh.serviceAccount("manager"))) {
            mesh.grant(administrator, "realm-management", "realm-admin");
        }
    }

    private URI suspension(String client) {
        return mesh.adminUri("mcp/actors/" + client + "/suspension");
    }

    private void suspend(String client) {
        mesh.oauth()
                .sendJson(
                        "PUT",
                        suspension(client),
                        "{\"reason\":\"test\"}",
                        mesh.server().adminToken())
                .expect(204);
    }

    @AfterEach
    void reinstate() {
        for (String client : List.of("manager", "page")) {
            mesh.oauth().delete(suspension(client), mesh.server().adminToken());
        }
    }

    /** The answers of Keycloak's own interfaces to a token, by what is asked for. */
    private Map<String, Integer> answers(String token, String client) {
        Map<String, Integer> answers = new LinkedHashMap<>();
        answers.put(
                "clients",
                mesh.oauth().get(mesh.adminUri("clients?max=1"), token).status());
        answers.put(
                "actors", mesh.oauth().get(mesh.adminUri("mcp/actors"), token).status());
        answers.put(
                "registration",
                mesh.oauth()
                        .get(URI.create(mesh.issuer() + "/clients-registrations/default/web"), token)
                        .status());
        answers.put("suspension", mesh.oauth().delete(suspension(client), token).status());
        return answers;
    }

    private static Map<String, Integer> all(int status) {
        return Map.of("clients", status, "actors", status, "registration", status, "suspension", status);
    }

    private String exchanged() {
        String machine = mesh.oauth()
                .clientCredentials(secret("manager"), Form.empty())
                .expect(200)
                .accessToken();
        return mesh.oauth()
                .exchange(secret("helper"), machine, Form.of("scope", "openid"))
                .expect(200)
                .accessToken();
    }

    @Test
    @Tries({"ASI10-stop", "ASI03-stale"})
    void aTokenAboutTheServiceAccountOfASuspendedClientIsWorthNothingWhoeverGotIt() {
        String token = exchanged();
        assertThat(mesh.oauth().get(mesh.adminUri("clients?max=1"), token).status())
                .isEqualTo(200);
        assertThat(mesh.oauth().userInfo(token).status()).isEqualTo(200);
        suspend("manager");
        assertThat(answers(token, "manager")).isEqualTo(all(401));
        assertThat(mesh.oauth().userInfo(token).status()).isEqualTo(401);
        assertThat(mesh.oauth()
                        .token(
                                ClientAuth.bearer(token),
                                Form.of("grant_type", "urn:ietf:params:oauth:grant-type:uma-ticket")
                                        .with("audience", "batch"))
                        .status())
                .isEqualTo(400);
    }

    private Authorization begun(String responseType) {
        return mesh.oauth()
                .authorize(authorization("page", "openid")
                        .with("response_type", responseType)
                        .with("nonce", "n"));
    }

    @Test
    @Tries({"ASI10-stop", "ASI03-stale"})
    void aTokenOfTheAuthorizationEndpointIsWorthNothingOnceItsClientIsSuspended() {
        for (String responseType : List.of("id_token token", "code token")) {
            String token = begun(responseType).as("alice", "alice").callback().get("access_token");
            URI account = URI.create(mesh.issuer() + "/account/v1alpha1/sessions");
            assertThat(mesh.oauth().get(mesh.adminUri("clients?max=1"), token).status())
                    .isEqualTo(200);
            assertThat(mesh.oauth().get(account, token).status()).isEqualTo(200);
            suspend("page");
            assertThat(answers(token, "page")).as(responseType).isEqualTo(all(401));
            assertThat(mesh.oauth().get(account, token).status())
                    .as(responseType)
                    .isEqualTo(401);
            reinstate();
            assertThat(mesh.oauth().get(account, token).status()).isEqualTo(200);
        }
    }

    @Test
    @Tries("ASI10-stop")
    void aLoginThatBeganBeforeTheSuspensionEndsWithoutACodeOrToken() {
        for (String responseType : List.of("code", "code id_token", "id_token token")) {
            Authorization login = begun(responseType);
            assertThat(login.asksForLogin()).isTrue();
            suspend("page");
            Form callback = login.as("alice", "alice").callback();
            assertThat(callback.get("error")).as(responseType).isEqualTo("access_denied");
            for (String handedOut : List.of("code", "id_token", "access_token")) {
                assertThat(callback.has(handedOut)).as(responseType).isFalse();
            }
            assertThat(mesh.lastEvent("LOGIN_ERROR"))
                    .as(responseType)
                    .containsEntry("mcp_reason", "client_suspended")
                    .containsEntry("redirect_uri", CALLBACK);
            reinstate();
        }
        assertThat(begun("id_token token").as("alice", "alice").callback().has("access_token"))
                .isTrue();
    }
}

package dev.keycloakmcp.itest.resource;

import static dev.keycloakmcp.itest.resource.Mesh.CALLBACK;
import static dev.keycloakmcp.itest.resource.Mesh.CRM;
import static dev.keycloakmcp.itest.resource.Mesh.SECRET;
import static dev.keycloakmcp.itest.resource.Mesh.authorization;
import static dev.keycloakmcp.itest.resource.Mesh.secret;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A client with scopes of MCP servers is governed by whichever grant it gets tokens of people. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FlowSwitchesIT {

    private static final Form BOTH = Form.of("scope", "openid crm:read billing:read");

    private Mesh mesh;

    @BeforeAll
    void configure(TestRealm realm) {
        mesh = Mesh.in(realm).defaultPolicies();
    }

    private void add(Client client) {
        mesh.add(client.standardFlow(false).defaults("basic").optional("crm:read", "billing:read"));
    }

    private static void assertAmbiguous(Reply reply) {
        assertThat(reply.error()).as(reply.toString()).isEqualTo("invalid_target");
    }

    private static void assertBound(Reply reply) {
        Jwt token = Jwt.decode(reply.expect(200).accessToken());
        assertThat(token.audience()).containsExactly(CRM);
        assertThat(token.text("scope")).contains("crm:read").doesNotContain("billing:read");
    }

    @Test
    @Tries("RFC8707-2-omitted")
    void aClientWithPasswordsOnlyGetsNoTokenForAllServers() {
        add(Mesh.application("by-password").directAccess());
        Form password = Form.password("alice", "alice").and(BOTH);
        ClientAuth client = ClientAuth.none("by-password");
        assertAmbiguous(mesh.oauth().token(client, password));
        assertBound(mesh.oauth().token(client, password.with("resource", CRM)));
    }

    @Test
    @Tries("RFC9700-2.1.2")
    void aClientWithTheImplicitFlowOnlyGetsNoTokenInTheBrowser() {
        Client client = Mesh.application("implicit");
        client.setImplicitFlowEnabled(true);
        add(client);
        for (String responseType : new String[] {"token", "id_token token"}) {
            Form callback = mesh.oauth()
                    .authorize(authorization("implicit", "openid crm:read")
                            .with("resource", CRM)
                            .with("response_type", responseType)
                            .with("nonce", "n"))
                    .callback();
            assertThat(callback.has("access_token")).isFalse();
            assertThat(callback.get("error")).isEqualTo("unsupported_response_type");
        }
    }

    @Test
    @Tries("RFC8707-2-omitted")
    void aClientForDevicesOnlyGetsNoTokenForAllServers() {
        add(Mesh.application("device").attribute("oauth2.device.authorization.grant.enabled", "true"));
        ClientAuth client = ClientAuth.none("device");
        Reply device = mesh.oauth()
                .post(mesh.oauth().endpoint("auth/device"), client, BOTH.with("resource", CRM))
                .expect(200);
        mesh.oauth()
                .open(URI.create(device.get("verification_uri_complete")), new Browser())
                .as("alice", "alice");
        assertBound(mesh.oauth()
                .token(
                        client,
                        Form.of("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
                                .with("device_code", device.get("device_code"))));
    }

    @Test
    @Tries({"RFC8707-2-omitted", "RFC8693-5-scope"})
    void aClientThatOnlyExchangesGetsNoTokenForAllServers() {
        add(Client.confidential("exchanger", SECRET).exchanges());
        mesh.add(Client.application("plain", CALLBACK).defaults("basic"));
        mesh.mapper(
                "plain",
                "oidc-audience-mapper",
                Map.of("included.client.audience", "exchanger", "access.token.claim", "true"));
        String token = mesh.signIn(authorization("plain", "openid")).expect(200).accessToken();
        assertAmbiguous(mesh.oauth().exchange(secret("exchanger"), token, BOTH));
        assertBound(mesh.oauth().exchange(secret("exchanger"), token, BOTH.with("resource", CRM)));
    }
}

package dev.keycloakmcp.itest.delegation;

import static dev.keycloakmcp.itest.delegation.DelegationRealm.REDIRECT;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.as;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.chain;
import static dev.keycloakmcp.itest.realm.Scope.mapper;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A script that runs as a protocol mapper forges no actors, for any client of the realm. */
@KeycloakTest(
        features = {
            "token-exchange",
            "token-exchange-delegation",
            "parameterized-scopes",
            "resource-indicators",
            "scripts"
        })
class ScriptMapperIT {

    private static DelegationRealm mesh;

    @BeforeAll
    static void create(TestRealm realm) {
        mesh = DelegationRealm.create(realm);
        Client plain = Client.confidential("plain", "plain")
                .redirects(REDIRECT)
                .defaults("basic")
                .mappers(DelegationRealm.audience("audience", "plain"));
        plain.setImplicitFlowEnabled(true);
        mesh.add(plain);
        List.of("plain", "desk", "gateway").forEach(ScriptMapperIT::script);
    }

    private static void script(String client) {
        mesh.clientResource(client)
                .getProtocolMappers()
                .createMapper(mapper(
                        "script",
                        "script-forge-actors.js",
                        Map.of(
                                "claim.name", "told-by-script",
                                "jsonType.label", "String",
                                "access.token.claim", "true",
                                "lightweight.claim", "true",
                                "id.token.claim", "true",
                                "userinfo.token.claim", "true",
                                "introspection.token.claim", "true")))
                .close();
    }

    private static Form authorization(String client, Form more) {
        return Form.of("client_id", client)
                .with("redirect_uri", REDIRECT)
                .with("nonce", "n")
                .and(more);
    }

    private static JsonNode claims(String token) {
        return Jwt.decode(token).claims();
    }

    /** The script ran, and what it said about actors is gone. */
    private static void assertNotForged(JsonNode claims, String... chain) {
        assertThat(claims.path("told-by-script").asText()).as(claims.toString()).contains("forged");
        assertThat(chain(claims.path("act"))).containsExactly(chain);
        assertThat(claims.has("may_act")).isFalse();
    }

    @Test
    @Tries("RFC8693-4.1-forge")
    void tokens_of_a_sign_in() {
        Reply reply = mesh.signIn("alice", "crm", "openid crm:use");
        assertNotForged(claims(reply.accessToken()), "desk");
        assertNotForged(claims(reply.get("id_token")));
        assertNotForged(mesh.oauth().introspect(as("crm"), reply.accessToken()).json(), "desk");
        assertNotForged(mesh.oauth().userInfo(reply.accessToken()).json());
        Reply refreshed = mesh.oauth().refresh(as("desk"), reply.refreshToken(), Form.empty());
        assertNotForged(claims(refreshed.expect(200).accessToken()), "desk");
    }

    @Test
    @Tries("RFC8693-4.1-forge")
    void tokens_of_a_client_that_no_policy_matches() {
        Form front = mesh.oauth()
                .authorize(authorization("plain", Form.of("scope", "openid").with("response_type", "code id_token")))
                .as("alice", "alice")
                .callback();
        assertNotForged(claims(front.get("id_token")));
        Reply reply = mesh.oauth()
                .code(
                        as("plain"),
                        mesh.oauth()
                                .authorize(authorization("plain", Form.of("scope", "openid")))
                                .as("alice", "alice"),
                        Form.empty())
                .expect(200);
        assertNotForged(claims(reply.accessToken()));
        assertNotForged(claims(reply.get("id_token")));
        assertNotForged(
                mesh.oauth().introspect(as("plain"), reply.accessToken()).json());
        assertNotForged(mesh.oauth().userInfo(reply.accessToken()).json());
    }

    @Test
    @Tries("RFC8693-4.1-forge")
    void tokens_of_an_exchange() {
        Reply reply = mesh.exchange(
                        "gateway",
                        mesh.direct("alice", "gateway"),
                        Form.of("resource", DelegationRealm.uri("crm")).with("scope", "openid crm:use"))
                .expect(200);
        assertNotForged(claims(reply.accessToken()), "gateway");
        assertNotForged(claims(reply.get("id_token")), "gateway");
        assertNotForged(mesh.oauth().introspect(as("crm"), reply.accessToken()).json(), "gateway");
    }

    @Test
    @Tries("RFC8693-4.1-forge")
    void machine_tokens() {
        assertNotForged(claims(mesh.machine("gateway", "crm")));
    }
}

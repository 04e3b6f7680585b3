package dev.keycloakmcp.itest.attack;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.TestRealm;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The attacks of RFC 8707 on the server that a login is for. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class Rfc8707IT {

    private AttackedRealm realm;
    private String client;

    @BeforeAll
    void create(TestRealm empty) {
        realm = AttackedRealm.in(empty);
        client = realm.register("Web", AttackedRealm.WEB);
    }

    private Form request() {
        return AttackedRealm.request(client, AttackedRealm.WEB).without("resource");
    }

    private Jwt redeemed(Authorization login) {
        return Jwt.decode(realm.oauth()
                .code(ClientAuth.none(client), login, Form.empty())
                .expect(200)
                .accessToken());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "another case of the path, https://notes.example.com/MCP",
        "a shorter path, https://notes.example.com/",
        "a longer path, https://notes.example.com/mcp/admin",
        "a query, https://notes.example.com/mcp?tenant=1",
        "a fragment, https://notes.example.com/mcp#x",
        "an empty fragment, https://notes.example.com/mcp#",
        "an encoded letter, https://notes.example.com/%6dcp",
        "dot segments, https://notes.example.com/x/../mcp",
        "two slashes, https://notes.example.com//mcp",
        "a backslash, https://notes.example.com\\mcp",
        "a user, https://admin@notes.example.com/mcp",
        "the host as user, https://notes.example.com@evil.example/mcp",
        "the host as prefix, https://notes.example.com.evil.example/mcp",
        "a dot after the host, https://notes.example.com./mcp",
        "another port, https://notes.example.com:8443/mcp",
        "no TLS, http://notes.example.com/mcp",
        "another scheme, wss://notes.example.com/mcp",
        "a URN, urn:example:notes",
        "a relative address, /mcp",
        "no scheme, //notes.example.com/mcp",
        "the client id of the server, notes",
        "a Cyrillic letter, https://nоtes.example.com/mcp",
        "punycode, https://xn--ntes-vqc.example.com/mcp",
        "the realm itself, https://localhost/realms/master",
    })
    @Tries({"RFC8707-3-lookalike", "RFC8707-2-malformed", "RFC8707-2-unknown", "RFC9700-4.9.1", "MCP-audience"})
    void an_address_that_resembles_a_servers(String name, String resource) {
        Form answer =
                realm.oauth().authorize(request().with("resource", resource)).callback();
        assertThat(answer.get("error")).isEqualTo("invalid_target");
        assertThat(answer.find("code")).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "another server besides, https://notes.example.com/mcp, https://mail.example.com/mcp",
        "another server first, https://mail.example.com/mcp, https://notes.example.com/mcp",
        "a stranger besides, https://notes.example.com/mcp, https://evil.example/mcp",
        "nonsense besides, https://notes.example.com/mcp, nonsense",
    })
    @Tries({"RFC8707-2-several", "MCP-privilege"})
    void two_servers_at_once(String name, String one, String other) {
        Authorization login =
                realm.oauth().authorize(request().with("resource", one).with("resource", other));
        assertThat(login.callback().get("error")).isEqualTo("invalid_request");
        assertThat(login.callback().find("code")).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "another server, https://mail.example.com/mcp",
        "a stranger, https://evil.example/mcp",
        "nonsense, nonsense",
    })
    @Tries({"RFC8707-2-smuggle", "RFC8707-2-later"})
    void a_server_in_a_request_object(String name, String resource) {
        String object = new PlainJWT(new JWTClaimsSet.Builder()
                        .issuer(client)
                        .audience(realm.issuer().toString())
                        .claim("client_id", client)
                        .claim("redirect_uri", AttackedRealm.WEB)
                        .claim("response_type", "code")
                        .claim("scope", "notes:read")
                        .claim("resource", resource)
                        .build())
                .serialize();
        Authorization login = realm.oauth()
                .authorize(request().with("resource", AttackedRealm.NOTES).with("request", object));
        if (resource.equals(AttackedRealm.MAIL)) {
            // What the object says counts (OpenID Connect Core section 6.1), the server with its own scopes alone.
            Jwt token = redeemed(login.as("alice", "alice"));
            assertThat(token.audience()).containsExactly(AttackedRealm.MAIL);
            assertThat(token.scopes()).isEmpty();
        } else {
            assertThat(login.callback().get("error")).isEqualTo("invalid_target");
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "another server, https://mail.example.com/mcp",
        "a stranger, https://evil.example/mcp",
    })
    @Tries({"RFC8707-2-smuggle", "RFC8707-2-later"})
    void a_server_beside_a_pushed_request(String name, String resource) {
        String verifier = OAuthClient.random(32);
        String requestUri = realm.oauth()
                .push(
                        ClientAuth.none(client),
                        request()
                                .without("client_id")
                                .with("resource", AttackedRealm.NOTES)
                                .with("response_type", "code")
                                .with("state", "s")
                                .with("code_challenge", OAuthClient.challenge(verifier))
                                .with("code_challenge_method", "S256"))
                .expect(201)
                .get("request_uri");
        Authorization login = realm.oauth()
                .authorize(Form.of("client_id", client)
                        .with("request_uri", requestUri)
                        .with("resource", resource)
                        .with("scope", "mail:send"));
        Authorization now = login.isDone() || login.page().status() == 400 ? login : login.as("alice", "alice");
        if (!now.isDone() || now.callback().has("error")) {
            return;
        }
        Reply tokens = realm.oauth()
                .token(
                        ClientAuth.none(client),
                        Form.of("grant_type", "authorization_code")
                                .with("code", now.callback().get("code"))
                                .with("redirect_uri", AttackedRealm.WEB)
                                .with("code_verifier", verifier))
                .expect(200);
        Jwt token = Jwt.decode(tokens.accessToken());
        assertThat(token.audience()).containsExactly(AttackedRealm.NOTES);
        assertThat(token.scopes()).containsExactly("notes:read");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "another server, https://mail.example.com/mcp",
        "a stranger, https://evil.example/mcp",
        "nonsense, nonsense",
        "the same with a path, https://notes.example.com/mcp/x",
    })
    @Tries({"RFC8707-2-later", "RFC9700-4.10.2", "MCP-audience"})
    void another_server_with_the_code(String name, String resource) {
        Authorization login = realm.oauth()
                .authorize(request().with("resource", AttackedRealm.NOTES))
                .as("alice", "alice");
        Reply reply = realm.oauth().code(ClientAuth.none(client), login, Form.of("resource", resource));
        assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
        assertThat(reply.error()).isEqualTo("invalid_target");
        assertThat(reply.find("access_token")).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "another server, https://mail.example.com/mcp",
        "a stranger, https://evil.example/mcp",
        "nonsense, nonsense",
        "the same with a path, https://notes.example.com/mcp/x",
    })
    @Tries({"RFC8707-2-later", "RFC9700-4.10.2", "RFC9700-4.14"})
    void another_server_at_a_refresh(String name, String resource) {
        Reply tokens = realm.signIn(client, AttackedRealm.WEB);
        Reply reply =
                realm.oauth().refresh(ClientAuth.none(client), tokens.refreshToken(), Form.of("resource", resource));
        assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
        assertThat(reply.error()).isEqualTo("invalid_target");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "scopes of another server, mail:send",
        "all scopes, notes:read notes:write mail:send",
        "all scopes and offline access, notes:read notes:write mail:send offline_access openid profile email",
    })
    @Tries({"RFC8707-2-scope", "MCP-privilege", "MCP-scope-minimization-all", "RFC9728-7.2"})
    void scopes_of_others_do_not_come_along(String name, String scope) {
        Authorization login = realm.oauth()
                .authorize(request().without("scope").with("scope", scope).with("resource", AttackedRealm.NOTES));
        Authorization now = login.isDone() ? login : login.as("alice", "alice");
        if (now.callback().has("error")) {
            assertThat(now.callback().get("error")).isEqualTo("invalid_scope");
            return;
        }
        Jwt token = redeemed(now);
        assertThat(token.audience()).containsExactly(AttackedRealm.NOTES);
        assertThat(token.scopes()).doesNotContain("mail:send");
    }

    @Test
    @Tries({"RFC8707-3-imitation", "RFC9728-7.3"})
    void a_second_server_with_the_address_takes_nothing_over() {
        realm.add(dev.keycloakmcp.itest.realm.Client.server(
                "imitation", "imitation", "https://NOTES.example.com:443/mcp/", "mail:send"));
        try {
            Form answer = realm.oauth()
                    .authorize(request().with("resource", AttackedRealm.NOTES), new Browser())
                    .callback();
            assertThat(answer.get("error")).isEqualTo("invalid_target");
        } finally {
            realm.clientResource("imitation").remove();
        }
        realm.signIn(client, AttackedRealm.WEB);
    }
}

package dev.keycloakmcp.itest.consent;

import static dev.keycloakmcp.itest.consent.ConsentRealm.CALLBACK;
import static dev.keycloakmcp.itest.consent.ConsentRealm.MAIL;
import static dev.keycloakmcp.itest.consent.ConsentRealm.OTHER;
import static dev.keycloakmcp.itest.consent.ConsentRealm.READ;
import static dev.keycloakmcp.itest.consent.ConsentRealm.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.ServerOptions;
import dev.keycloakmcp.itest.server.TestRealm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Client-initiated backchannel authentication (OpenID CIBA): people say yes at another device, which a local server plays. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BackchannelConsentIT {

    /** What Keycloak asks the device, with the token by which the device answers. */
    private record Asked(String bearer, JsonNode request) {}

    private final Queue<Asked> device = new ConcurrentLinkedQueue<>();
    private HttpServer channel;
    private KeycloakServer server;
    private ConsentRealm realm;

    @BeforeAll
    void start() throws IOException {
        channel = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        channel.createContext("/", exchange -> {
            String authorization = exchange.getRequestHeaders().getFirst("Authorization");
            device.add(new Asked(
                    authorization.substring("Bearer ".length()),
                    new ObjectMapper().readTree(exchange.getRequestBody())));
            exchange.sendResponseHeaders(201, -1);
            exchange.close();
        });
        channel.start();
        server = KeycloakServer.startProcess(ServerOptions.builder()
                .arguments("--spi-ciba-auth-channel--ciba-http-auth-channel--http-authentication-channel-uri="
                        + "http://127.0.0.1:" + channel.getAddress().getPort() + "/")
                .build());
        realm = ConsentRealm.in(TestRealm.create(server, "backchannel"));
        realm.executors(Map.of("mcp-resource-indicator", Map.of(), "mcp-delegation", Map.of()));
    }

    @AfterAll
    void stop() {
        if (server != null) {
            server.close();
        }
        channel.stop(0);
    }

    private String gateway(String clientId) {
        realm.add(Client.confidential(clientId, clientId)
                .redirects(CALLBACK)
                .consent()
                .exchanges()
                .optional(READ, MAIL, "offline_access")
                .attribute("oidc.ciba.grant.enabled", "true"));
        return clientId;
    }

    private static ClientAuth as(String client) {
        return ClientAuth.basic(client, client);
    }

    private Reply begin(String client, Form more) {
        return begin(client, "openid " + READ + " " + MAIL, more);
    }

    private Reply begin(String client, String scope, Form more) {
        return realm.oauth()
                .post(
                        realm.oauth().endpoint("ext/ciba/auth"),
                        as(client),
                        Form.of("login_hint", "alice").with("scope", scope).and(more));
    }

    /** Alice says yes, or no, at her device. */
    private void answer(String status) {
        realm.oauth()
                .postJson(
                        realm.oauth().endpoint("ext/ciba/auth/callback"),
                        Map.of("status", status),
                        device.remove().bearer())
                .expect(200);
    }

    private Reply poll(String client, Reply begun, Form more) {
        return realm.oauth()
                .token(
                        as(client),
                        Form.of("grant_type", "urn:openid:params:grant-type:ciba")
                                .with("auth_req_id", begun.get("auth_req_id"))
                                .and(more));
    }

    private List<String> stored(String client) {
        return realm.admin().users().get(realm.userId("alice")).getConsents().stream()
                .filter(given -> client.equals(given.get("clientId")))
                .flatMap(given -> ((List<?>) given.get("grantedClientScopes")).stream())
                .map(Object::toString)
                .toList();
    }

    @Test
    @Tries({"RFC8707-2-unknown", "RFC9700-2.3", "MCP-privilege"})
    void aClientThatNoPolicyGovernsDoesNotWriteTheBindingItself() {
        realm.add(Client.confidential("no-servers", "no-servers")
                .redirects(CALLBACK)
                .defaults("basic")
                .attribute("oidc.ciba.grant.enabled", "true"));
        Reply begun = realm.oauth()
                .post(
                        realm.oauth().endpoint("ext/ciba/auth"),
                        as("no-servers"),
                        Form.of("login_hint", "alice").with("scope", "openid").with("mcp_resource", SERVER))
                .expect(200);
        answer("SUCCEED");
        Reply tokens = poll("no-servers", begun, Form.empty()).expect(200);
        assertThat(Jwt.decode(tokens.accessToken()).audience()).doesNotContain(SERVER);
        assertThat(Jwt.decode(tokens.accessToken()).claims().has("mcp_resource"))
                .isFalse();
        assertThat(Jwt.decode(tokens.refreshToken()).claims().has("mcp_resource"))
                .isFalse();
    }

    @Test
    @Tries("RFC8693-5-consent")
    void aYesAtAnotherDeviceCountsForTheServerOfTheToken() {
        String client = gateway("bound-at-once");
        Reply begun = begin(client, Form.of("resource", SERVER)).expect(200);
        assertThat(device.element().request().get("scope").asText()).contains(READ);
        answer("SUCCEED");
        Reply tokens = poll(client, begun, Form.empty()).expect(200);
        Jwt token = realm.oauth().verify(tokens.accessToken());
        assertThat(token.audience()).containsExactly(SERVER);
        assertThat(token.scopes()).contains(READ).doesNotContain(MAIL);
        assertThat(stored(client)).contains(READ).doesNotContain(MAIL);
        realm.oauth().refresh(as(client), tokens.refreshToken(), Form.empty()).expect(200);
        realm.oauth()
                .exchange(
                        as(client), tokens.accessToken(), Form.of("scope", READ).with("resource", SERVER))
                .expect(200);
        assertThat(realm.oauth()
                        .exchange(
                                as(client),
                                tokens.accessToken(),
                                Form.of("scope", MAIL).with("resource", OTHER))
                        .error())
                .isEqualTo("invalid_scope");
    }

    @Test
    void aYesToANamedScopeThatNoPageShowsIsForItsServer() {
        realm.add(Scope.named("mail:count").attribute("display.on.consent.screen", "false"));
        realm.change("mail", mail -> mail.getAttributes().put("mcp.scopes", MAIL + " mail:count"));
        try {
            realm.add(Client.confidential("counts", "counts")
                    .redirects(CALLBACK)
                    .consent()
                    .optional("mail:count")
                    .attribute("oidc.ciba.grant.enabled", "true"));
            Reply begun = begin("counts", "openid mail:count", Form.empty()).expect(200);
            assertThat(device.element().request().get("scope").asText()).contains("mail:count");
            answer("SUCCEED");
            Jwt token = realm.oauth()
                    .verify(poll("counts", begun, Form.empty()).expect(200).accessToken());
            assertThat(token.audience()).containsExactly(OTHER);
            assertThat(token.scopes()).contains("mail:count");
        } finally {
            realm.change("mail", mail -> mail.getAttributes().put("mcp.scopes", MAIL));
        }
    }

    @Test
    void offlineAccessThatWasAllowedAtAnotherDeviceIsAllowedForAsLongAsItLasts() {
        String client = gateway("offline");
        Reply begun = begin(client, "openid " + READ + " offline_access", Form.of("resource", SERVER))
                .expect(200);
        answer("SUCCEED");
        Reply tokens = poll(client, begun, Form.empty()).expect(200);
        assertThat(Jwt.decode(tokens.refreshToken()).text("typ")).isEqualTo("Offline");
        realm.oauth()
                .exchange(
                        as(client), tokens.accessToken(), Form.of("scope", READ).with("resource", SERVER))
                .expect(200);
    }

    @Test
    @Tries({"RFC8693-5-consent", "MCP-confused-deputy-consent"})
    void aPollThatIsRefusedAllowsNothingLater() {
        String client = gateway("refused-poll");
        Reply begun = begin(client, Form.of("resource", SERVER)).expect(200);
        answer("SUCCEED");
        Reply tokens = poll(client, begun, Form.empty()).expect(200);
        Form another = Form.of("scope", "openid").with("resource", OTHER);
        Reply before = realm.oauth().exchange(as(client), tokens.accessToken(), another);
        assertThat(before.status()).isEqualTo(400);
        assertThat(before.error()).isEqualTo("invalid_scope");
        Reply unnamed = begin(client, "openid", Form.empty()).expect(200);
        answer("SUCCEED");
        Reply refused = poll(client, unnamed, Form.of("resource", OTHER));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error()).isEqualTo("invalid_scope");
        Reply after = realm.oauth().exchange(as(client), tokens.accessToken(), another);
        assertThat(after.status()).isEqualTo(400);
        assertThat(after.error()).isEqualTo("invalid_scope");
        assertThat(after.errorDescription()).contains("has not allowed");
    }

    @Test
    @Tries({"RFC8693-5-consent", "MCP-privilege"})
    void aYesForAServerAllowsNoScopeThatTheRequestDidNotName() {
        realm.change("mail", mail -> mail.getAttributes().put("mcp.scopes", MAIL + " " + READ));
        try {
            String client = gateway("shared-scope");
            Reply begun = begin(client, Form.of("resource", SERVER)).expect(200);
            answer("SUCCEED");
            Reply tokens = poll(client, begun, Form.empty()).expect(200);
            Reply second = begin(client, "openid", Form.of("resource", OTHER)).expect(200);
            answer("SUCCEED");
            Reply bound = poll(client, second, Form.empty()).expect(200);
            assertThat(realm.oauth().verify(bound.accessToken()).scopes()).doesNotContain(READ, MAIL);
            Reply refused = realm.oauth()
                    .exchange(
                            as(client),
                            tokens.accessToken(),
                            Form.of("scope", READ).with("resource", OTHER));
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.error()).isEqualTo("invalid_scope");
        } finally {
            realm.change("mail", mail -> mail.getAttributes().put("mcp.scopes", MAIL));
        }
    }

    @Test
    @Tries("RFC8707-2-later")
    void anotherServerThanThePersonWasAskedForIsRefused() {
        String client = gateway("bound-elsewhere");
        Reply begun = begin(client, Form.of("resource", SERVER)).expect(200);
        answer("SUCCEED");
        Reply refused = poll(client, begun, Form.of("resource", OTHER));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error()).isEqualTo("invalid_target");
        assertThat(stored(client)).isEmpty();
    }

    @Test
    @Tries({"RFC8707-2-later", "ASI03-stale"})
    void aRequestStaysBoundWhenPoliciesOnlyReportByNow() {
        String client = gateway("bound-for-good");
        Reply begun = begin(client, Form.of("resource", SERVER)).expect(200);
        answer("SUCCEED");
        realm.executors(Map.of("mcp-resource-indicator", Map.of("enforcement", "report")));
        try {
            Jwt token = realm.oauth()
                    .verify(poll(client, begun, Form.empty()).expect(200).accessToken());
            assertThat(token.audience()).containsExactly(SERVER);
            assertThat(token.scopes()).contains(READ).doesNotContain(MAIL);
        } finally {
            realm.executors(Map.of("mcp-resource-indicator", Map.of(), "mcp-delegation", Map.of()));
        }
    }

    @Test
    @Tries("RFC8707-2-unknown")
    void aServerThatNobodyHasDisturbsNobody() {
        String client = gateway("bound-nowhere");
        for (String resource : List.of("https://other.example.com", "files")) {
            Reply refused = begin(client, Form.of("resource", resource));
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.error()).isEqualTo("invalid_target");
        }
        assertThat(device).isEmpty();
    }

    @Test
    @Tries("RFC8707-2-smuggle")
    void aClientDoesNotWriteTheBindingItself() {
        String client = gateway("bound-by-itself");
        Reply begun = begin(client, Form.of("mcp_resource", SERVER)).expect(200);
        answer("SUCCEED");
        Reply tokens = poll(client, begun, Form.of("resource", OTHER)).expect(200);
        assertThat(realm.oauth().verify(tokens.accessToken()).audience()).containsExactly(OTHER);
    }

    @Test
    @Tries("RFC8693-5-consent")
    void withoutAnAnswerThereIsNoToken() {
        String client = gateway("no-answer");
        Reply begun = begin(client, Form.of("resource", SERVER)).expect(200);
        assertThat(poll(client, begun, Form.empty()).error()).isEqualTo("authorization_pending");
        answer("SUCCEED");
    }

    @Test
    @Tries("MCP-confused-deputy-consent")
    void noAtTheDeviceIsNo() {
        String client = gateway("no");
        Reply begun = begin(client, Form.of("resource", SERVER)).expect(200);
        answer("UNAUTHORIZED");
        assertThat(poll(client, begun, Form.empty()).error()).isEqualTo("access_denied");
        assertThat(stored(client)).isEmpty();
    }
}

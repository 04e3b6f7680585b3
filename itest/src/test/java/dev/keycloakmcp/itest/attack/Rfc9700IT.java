package dev.keycloakmcp.itest.attack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.machine.ClientCertificate;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The attacks of RFC 9700 on logins of registered clients. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class Rfc9700IT {

    private AttackedRealm realm;
    private String web;
    private String desktop;

    @BeforeAll
    void create(TestRealm empty) {
        realm = AttackedRealm.in(empty);
        web = realm.register("Web", AttackedRealm.WEB);
        desktop = realm.register("Desktop", AttackedRealm.LOOPBACK);
        realm.add(Client.application("byhand", AttackedRealm.WEB).optional("notes:read", "mail:send"));
    }

    private Form request(String clientId, String redirectUri) {
        return AttackedRealm.request(clientId, redirectUri);
    }

    private Authorization login() {
        return realm.oauth().authorize(request(web, AttackedRealm.WEB)).as("alice", "alice");
    }

    private Reply redeem(ClientAuth client, String code, String redirectUri, String verifier) {
        Form form =
                Form.of("grant_type", "authorization_code").with("code", code).with("redirect_uri", redirectUri);
        return realm.oauth().token(client, verifier.isEmpty() ? form : form.with("code_verifier", verifier));
    }

    private static void assertNoTokens(Reply reply, String error) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
        assertThat(reply.error()).as(reply.toString()).isEqualTo(error);
        assertThat(reply.find("access_token")).isEmpty();
    }

    // Redirect URIs

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a longer path, https://app.example.com/callback/more",
        "a shorter path, https://app.example.com/call",
        "a slash at the end, https://app.example.com/callback/",
        "a query, https://app.example.com/callback?next=https://evil.example",
        "a fragment, https://app.example.com/callback#x",
        "another case of the path, https://app.example.com/Callback",
        "another case of the host, https://APP.example.com/callback",
        "an encoded letter, https://app.example.com/c%61llback",
        "dot segments, https://app.example.com/x/../callback",
        "two slashes, https://app.example.com//callback",
        "another port, https://app.example.com:8443/callback",
        "the default port, https://app.example.com:443/callback",
        "no TLS, http://app.example.com/callback",
        "the host as user, https://app.example.com@evil.example/callback",
        "a user, https://evil@app.example.com/callback",
        "the host as prefix, https://app.example.com.evil.example/callback",
        "a dot after the host, https://app.example.com./callback",
        "a host below, https://evil.app.example.com/callback",
        "another allowed host, https://other.example.com/callback",
        "a backslash, https://app.example.com\\callback",
        "a wildcard, https://app.example.com/*",
        "a script, javascript:alert(1)",
        "this machine, http://localhost:8090/callback",
        "a relative address, /callback",
        "a stranger's, https://evil.example/",
    })
    @Tries({"RFC9700-2.1", "RFC9700-4.1.1", "RFC9700-4.11.2", "MCP-confused-deputy-redirect"})
    void redirects_that_resemble_the_registered_one(String name, String redirectUri) {
        Browser.Page page = realm.oauth().authorize(request(web, redirectUri)).page();
        assertThat(page.status()).as(page.uri().toString()).isEqualTo(400);
        assertThat(page.left()).isFalse();
        assertThat(page.document().select("a[href*=evil], form[action*=evil], meta[http-equiv=refresh]"))
                .isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "another path, http://127.0.0.1:8090/other",
        "the name in place of the address, http://localhost:8090/callback",
        "IPv6 in place of IPv4, http://[::1]:8090/callback",
        "another address of the network, http://127.0.0.2:8090/callback",
        "TLS in place of none, https://127.0.0.1:8090/callback",
        "a host that resolves to it, http://127.0.0.1.nip.io:8090/callback",
        "the address as a user, http://127.0.0.1:8090@evil.example/callback",
        "the address as a number, http://2130706433:8090/callback",
    })
    @Tries({"RFC9700-2.1", "RFC9700-4.1.1", "MCP-open-redirection"})
    void redirects_that_resemble_the_registered_loopback_address(String name, String redirectUri) {
        Browser.Page page =
                realm.oauth().authorize(request(desktop, redirectUri)).page();
        assertThat(page.status()).as(page.uri().toString()).isEqualTo(400);
        assertThat(page.left()).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "an unknown response type, response_type, nonsense",
        "an unknown prompt, prompt, nonsense",
        "no session and no prompt, prompt, none",
        "an unknown response mode, response_mode, nonsense",
        "a scope that nobody knows, scope, nonsense",
        "a server that nobody knows, resource, https://nobody.example/mcp",
        "a request object that is none, request, nonsense",
    })
    @Tries({"RFC9700-4.11.2", "RFC9700-4.1.2", "MCP-open-redirection"})
    void errors_do_not_redirect_to_strangers(String name, String parameter, String value) {
        Browser.Page page = realm.oauth()
                .authorize(
                        request(web, "https://evil.example/").without(parameter).with(parameter, value))
                .page();
        assertThat(page.left()).as(page.uri().toString()).isFalse();
        assertThat(page.status()).isEqualTo(400);
    }

    @Test
    @Tries({"RFC9700-4.11.2", "RFC9700-4.1.1"})
    void a_client_that_nobody_knows_redirects_nowhere() {
        Browser.Page page = realm.oauth()
                .authorize(request(UUID.randomUUID().toString(), "https://evil.example/"))
                .page();
        assertThat(page.status()).isEqualTo(400);
        assertThat(page.left()).isFalse();
    }

    @Test
    @Tries({"RFC9700-4.11.2", "MCP-open-redirection"})
    void signing_out_redirects_to_registered_addresses_only() {
        Browser browser = new Browser();
        Authorization login = realm.oauth()
                .authorize(request(web, AttackedRealm.WEB).without("scope").with("scope", "openid notes:read"), browser)
                .as("alice", "alice");
        String idToken = realm.oauth()
                .code(ClientAuth.none(web), login, Form.empty())
                .expect(200)
                .get("id_token");
        Browser.Page page = browser.open(URI.create(realm.oauth().endpoint("logout") + "?"
                + Form.of("id_token_hint", idToken)
                        .with("post_logout_redirect_uri", "https://evil.example/")
                        .encoded()));
        assertThat(page.left()).isFalse();
        assertThat(page.status()).isEqualTo(400);
    }

    // PKCE

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            nullValues = "-",
            value = {
                "no challenge, -, -",
                "a method without a challenge, -, S256",
                "a plain challenge, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, plain",
                "a challenge without a method, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, -",
                "a method that nobody knows, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, S512",
                "a method in another case, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, s256",
                "a challenge that is too short, aaaa, S256",
                "a challenge with other characters, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa+/, S256",
            })
    @Tries({"RFC9700-2.1.1", "RFC9700-4.8", "MCP-code-protection"})
    void a_registered_client_cannot_do_without_proof_of_possession(String name, String challenge, String method) {
        Form request = request(web, AttackedRealm.WEB);
        request = challenge == null ? request : request.with("code_challenge", challenge);
        request = request.with("code_challenge_method", method == null ? "" : method);
        Form answer = realm.oauth().authorize(request).callback();
        assertThat(answer.get("error")).isEqualTo("invalid_request");
        assertThat(answer.find("code")).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            nullValues = "-",
            value = {"no challenge, -, -", "a plain challenge, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, plain"})
    @Tries({"RFC9700-2.1.1", "RFC9700-4.8", "MCP-code-protection"})
    void nor_in_a_pushed_request(String name, String challenge, String method) {
        Form request = request(web, AttackedRealm.WEB).with("response_type", "code");
        request = challenge == null ? request : request.with("code_challenge", challenge);
        request = method == null ? request : request.with("code_challenge_method", method);
        Reply pushed = realm.oauth().push(ClientAuth.none(web), request);
        assertThat(pushed.status()).as(pushed.toString()).isEqualTo(400);
        assertThat(pushed.error()).isEqualTo("invalid_request");
    }

    @TestFactory
    @Tries({"RFC9700-4.5", "RFC9700-4.8", "MCP-code-protection"})
    Stream<DynamicTest> verifiers_that_are_not_those_of_the_challenge() {
        return Stream.of(
                verifier("left out", ""),
                verifier("another", OAuthClient.random(32)),
                verifier("too short", "a".repeat(42)),
                verifier("too long", "a".repeat(129)),
                verifier("with other characters", "ä".repeat(50)));
    }

    private DynamicTest verifier(String name, String verifier) {
        return DynamicTest.dynamicTest(name, () -> {
            Authorization login = login();
            assertNoTokens(
                    redeem(ClientAuth.none(web), login.callback().get("code"), AttackedRealm.WEB, verifier),
                    "invalid_grant");
        });
    }

    @Test
    @Tries({"RFC9700-4.5", "RFC9700-4.8", "MCP-code-protection"})
    void the_challenge_itself_is_no_verifier() {
        Authorization login = login();
        assertNoTokens(
                redeem(
                        ClientAuth.none(web),
                        login.callback().get("code"),
                        AttackedRealm.WEB,
                        OAuthClient.challenge(login.verifier())),
                "invalid_grant");
    }

    @Test
    @Tries("RFC9700-4.8")
    void a_verifier_without_a_challenge_is_refused_where_a_client_needs_none() {
        Form request = request("byhand", AttackedRealm.WEB)
                .with("response_type", "code")
                .with("state", "s");
        Authorization login = realm.oauth()
                .open(realm.oauth().authorizationUri(request), new Browser())
                .as("alice", "alice");
        assertNoTokens(
                redeem(
                        ClientAuth.none("byhand"),
                        login.callback().get("code"),
                        AttackedRealm.WEB,
                        OAuthClient.random(32)),
                "invalid_grant");
    }

    // Codes

    @Test
    @Tries({"RFC9700-4.3.1", "RFC9700-4.5"})
    void a_code_that_comes_again_ends_the_login() {
        Authorization login = login();
        Reply tokens =
                realm.oauth().code(ClientAuth.none(web), login, Form.empty()).expect(200);
        assertNoTokens(realm.oauth().code(ClientAuth.none(web), login, Form.empty()), "invalid_grant");
        assertNoTokens(
                realm.oauth().refresh(ClientAuth.none(web), tokens.refreshToken(), Form.empty()), "invalid_grant");
        assertThat(realm.oauth()
                        .introspect(AttackedRealm.NOTES_SERVER, tokens.accessToken())
                        .json()
                        .path("active")
                        .asBoolean())
                .isFalse();
    }

    @Test
    @Tries({"RFC9700-4.3.1", "RFC9700-4.5", "MCP-session-hijack"})
    void a_code_of_another_client_is_refused() {
        Authorization login = login();
        String code = login.callback().get("code");
        assertNoTokens(redeem(ClientAuth.none(desktop), code, AttackedRealm.WEB, login.verifier()), "invalid_grant");
        assertNoTokens(
                redeem(ClientAuth.none(desktop), code, AttackedRealm.LOOPBACK, login.verifier()), "invalid_grant");
    }

    @Test
    @Tries({"RFC9700-4.5", "MCP-code-protection"})
    void a_code_for_another_address_is_refused() {
        Authorization login = login();
        assertNoTokens(
                redeem(
                        ClientAuth.none(web),
                        login.callback().get("code"),
                        AttackedRealm.WEB + "/other",
                        login.verifier()),
                "invalid_grant");
    }

    @Test
    @Tries({"RFC9700-4.5", "MCP-session-hijack"})
    void a_code_that_was_put_into_another_login_is_refused() {
        Authorization victim = login();
        Authorization attacker =
                realm.oauth().authorize(request(web, AttackedRealm.WEB)).as("mallory", "mallory");
        assertNoTokens(
                redeem(ClientAuth.none(web), victim.callback().get("code"), AttackedRealm.WEB, attacker.verifier()),
                "invalid_grant");
    }

    @TestFactory
    @Tries({"RFC9700-4.5", "MCP-session-hijack"})
    Stream<DynamicTest> codes_that_were_tampered_with() {
        return Stream.of(
                        "nothing",
                        "a letter more",
                        "the session of another login",
                        "the client of another login",
                        "three numbers")
                .map(name -> DynamicTest.dynamicTest(name, () -> {
                    Authorization login = login();
                    String code = login.callback().get("code");
                    String[] parts = code.split("\\.");
                    String[] others = realm.oauth()
                            .authorize(request(desktop, AttackedRealm.LOOPBACK))
                            .as("mallory", "mallory")
                            .callback()
                            .get("code")
                            .split("\\.");
                    String sent =
                            switch (name) {
                                case "nothing" -> "";
                                case "a letter more" -> code + "x";
                                case "the session of another login" -> parts[0] + "." + others[1] + "." + parts[2];
                                case "the client of another login" -> parts[0] + "." + parts[1] + "." + others[2];
                                default -> "1.2.3";
                            };
                    Reply reply = redeem(ClientAuth.none(web), sent, AttackedRealm.WEB, login.verifier());
                    assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
                    // A parameter without a value is none.
                    assertThat(reply.error()).isEqualTo(name.equals("nothing") ? "invalid_request" : "invalid_grant");
                }));
    }

    // Answers

    @Test
    @Tries({"RFC9700-4.4", "MCP-mix-up", "RFC9728-7.6"})
    void every_answer_says_who_gave_it() {
        assertThat(login().callback().get("iss")).isEqualTo(realm.issuer().toString());
        Form refused = realm.oauth()
                .authorize(request(web, AttackedRealm.WEB).with("prompt", "none"))
                .callback();
        assertThat(refused.get("error")).isEqualTo("login_required");
        assertThat(refused.get("iss")).isEqualTo(realm.issuer().toString());
        Form unknown = realm.oauth()
                .authorize(
                        request(web, AttackedRealm.WEB).without("resource").with("resource", "https://nobody.example"))
                .callback();
        assertThat(unknown.get("error")).isEqualTo("invalid_target");
        assertThat(unknown.get("iss")).isEqualTo(realm.issuer().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"openid-configuration", "oauth-authorization-server"})
    @Tries({"RFC9700-2.6", "RFC9700-4.4", "RFC9700-4.8", "MCP-mix-up", "MCP-code-protection"})
    void metadata_lets_clients_fall_back_to_nothing_weaker(String document) {
        JsonNode metadata = realm.oauth()
                .get(URI.create(realm.issuer() + "/.well-known/" + document))
                .expect(200)
                .json();
        assertThat(metadata.path("issuer").asText()).isEqualTo(realm.issuer().toString());
        assertThat(metadata.path("authorization_response_iss_parameter_supported")
                        .asBoolean())
                .isTrue();
        assertThat(metadata.path("code_challenge_methods_supported").toString()).isEqualTo("[\"S256\"]");
    }

    @Test
    @Tries("RFC9700-4.12")
    void no_form_is_sent_on_to_a_client() {
        Browser browser = new Browser();
        Authorization consented = realm.oauth()
                .authorize(request(web, AttackedRealm.WEB), browser)
                .as("alice", "alice");
        assertThat(consented.page().status()).isIn(302, 303);
        browser.forget();
        Authorization signedIn = realm.oauth()
                .authorize(request(web, AttackedRealm.WEB), browser)
                .login("alice", "alice");
        assertThat(signedIn.isDone()).isTrue();
        assertThat(signedIn.page().status()).isIn(302, 303);
    }

    @Test
    @Tries({"RFC9700-4.16", "RFC9700-4.2", "MCP-confused-deputy-page"})
    void the_pages_of_a_login_cannot_be_framed_and_tell_nobody_where_they_are() {
        Authorization page = realm.oauth().authorize(request(desktop, AttackedRealm.LOOPBACK));
        assertThat(page.asksForLogin()).isTrue();
        assertShut(page.page());
        Authorization consent = page.login("mallory", "mallory");
        if (consent.asksForConsent()) {
            assertShut(consent.page());
        }
        realm.admin().users().get(realm.userId("mallory")).revokeConsent(desktop);
        consent = realm.oauth()
                .authorize(request(desktop, AttackedRealm.LOOPBACK))
                .login("mallory", "mallory");
        assertThat(consent.asksForConsent()).isTrue();
        assertShut(consent.page());
    }

    private static void assertShut(Browser.Page page) {
        assertThat(page.headers().firstValue("X-Frame-Options")).contains("SAMEORIGIN");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("frame-ancestors 'self'");
        assertThat(page.headers().firstValue("Referrer-Policy")).contains("no-referrer");
        assertThat(page.document().select("[src^=http], link[href^=http]").eachAttr("abs:src"))
                .allMatch(source -> source.isEmpty()
                        || source.startsWith(
                                page.uri().getScheme() + "://" + page.uri().getAuthority()));
    }

    // Tokens

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "userinfo, protocol/openid-connect/userinfo",
        "the account, account/",
    })
    @Tries({"RFC9700-4.3.2", "RFC9700-4.2"})
    void tokens_in_the_address_are_no_tokens(String name, String path) {
        String token = realm.signIn(web, AttackedRealm.WEB).accessToken();
        Reply reply = realm.oauth()
                .send(HttpRequest.newBuilder(URI.create(realm.issuer() + "/" + path + "?access_token=" + token))
                        .header("Accept", "application/json")
                        .GET());
        assertThat(reply.status()).as(reply.toString()).isEqualTo(401);
        assertThat(reply.body()).doesNotContain("alice", token);
    }

    @ParameterizedTest
    @ValueSource(strings = {"servers", "clients", "delegations", "actors", "doctor", "would-deny"})
    @Tries("RFC9700-4.3.2")
    void nor_are_they_at_the_administration(String path) {
        String administrator = realm.oauth()
                .token(ClientAuth.none("admin-cli"), Form.password("root", "root"))
                .expect(200)
                .accessToken();
        URI uri = realm.adminUri("mcp/" + path);
        realm.oauth().get(uri, administrator).expect(200);
        assertThat(realm.oauth()
                        .get(URI.create(uri + "?access_token=" + administrator))
                        .status())
                .isEqualTo(401);
    }

    @Test
    @Tries({"RFC9700-4.14", "RFC9700-2.2.2"})
    void a_refresh_token_is_worth_nothing_to_another_client() {
        Reply tokens = realm.signIn(web, AttackedRealm.WEB);
        for (String other : List.of(desktop, "byhand")) {
            assertNoTokens(
                    realm.oauth().refresh(ClientAuth.none(other), tokens.refreshToken(), Form.empty()),
                    "invalid_grant");
        }
        realm.oauth()
                .refresh(ClientAuth.none(web), tokens.refreshToken(), Form.empty())
                .expect(200);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a scope of the same server, notes:read notes:write",
        "a scope of another server, mail:send",
        "offline access, notes:read offline_access",
        "a scope that nobody knows, notes:read nonsense",
    })
    @Tries({"RFC9700-4.14", "RFC9700-2.3", "MCP-scope-minimization-stepup"})
    void a_refresh_gives_no_more_than_the_login(String name, String scope) {
        Reply tokens = realm.signIn(web, AttackedRealm.WEB);
        Reply refreshed = realm.oauth().refresh(ClientAuth.none(web), tokens.refreshToken(), Form.of("scope", scope));
        if (refreshed.status() == 200) {
            assertThat(Jwt.decode(refreshed.accessToken()).scopes()).isSubsetOf("notes:read");
            assertThat(Jwt.decode(refreshed.accessToken()).audience()).containsExactly(AttackedRealm.NOTES);
        } else {
            assertNoTokens(refreshed, "invalid_scope");
        }
    }

    @TestFactory
    @Tries({"RFC9700-4.6", "RFC9700-4.10.2"})
    Stream<DynamicTest> tokens_of_other_kinds_are_no_access_tokens() {
        return Stream.of("id_token", "refresh_token")
                .flatMap(kind -> Stream.of(
                        DynamicTest.dynamicTest(kind + " at userinfo", () -> assertThat(realm.oauth()
                                        .userInfo(tokens().get(kind))
                                        .status())
                                .isEqualTo(401)),
                        DynamicTest.dynamicTest(kind + " at the administration", () -> assertThat(realm.oauth()
                                        .get(realm.adminUri("mcp/doctor"), tokens().get(kind))
                                        .status())
                                .isEqualTo(401)),
                        DynamicTest.dynamicTest(kind + " at explain", () -> assertThat(realm.oauth()
                                        .postJson(
                                                realm.adminUri("mcp/explain"),
                                                Map.of("grant", "client_credentials", "client", "agent"),
                                                tokens().get(kind))
                                        .status())
                                .isEqualTo(401)),
                        DynamicTest.dynamicTest(kind + " at registration", () -> assertThat(realm.oauth()
                                        .get(URI.create(realm.endpoint() + "/" + web), tokens().get(kind))
                                        .status())
                                .isEqualTo(401))));
    }

    private Reply tokens() {
        Authorization login = realm.oauth()
                .authorize(request(web, AttackedRealm.WEB).without("scope").with("scope", "openid notes:read"))
                .as("alice", "alice");
        return realm.oauth().code(ClientAuth.none(web), login, Form.empty()).expect(200);
    }

    @Test
    @Tries({"RFC9700-4.15", "ASI03-impersonation"})
    void a_client_named_like_a_person_is_not_that_person() {
        realm.add(Client.agent("alice", "alice-secret")
                .fullScope(false)
                .defaults("basic")
                .optional("notes:read"));
        String token = realm.oauth()
                .clientCredentials(
                        ClientAuth.post("alice", "alice-secret"),
                        Form.of("scope", "notes:read").with("resource", AttackedRealm.NOTES))
                .expect(200)
                .accessToken();
        assertThat(Jwt.decode(token).text("sub")).isNotEqualTo(realm.userId("alice"));
        JsonNode introspected =
                realm.oauth().introspect(AttackedRealm.NOTES_SERVER, token).json();
        assertThat(introspected.path("active").asBoolean()).isTrue();
        assertThat(introspected.path("sub").asText()).isNotEqualTo(realm.userId("alice"));
        assertThat(introspected.path("username").asText()).isNotEqualTo("alice");
        assertThat(introspected.has("email")).isFalse();
    }

    @TestFactory
    @Tries({"RFC9700-4.13", "RFC9700-2.5"})
    Stream<DynamicTest> certificates_in_headers_that_no_proxy_set(@TempDir Path folder) {
        String certificate = ClientCertificate.create(folder, "CN=certified").header();
        realm.add(Client.agent("certified", "x")
                .authenticator("client-x509")
                .attribute("x509.subjectdn", "CN=certified")
                .attribute("x509.allow.regex.pattern.comparison", "false")
                .fullScope(false)
                .defaults("basic")
                .optional("notes:read"));
        return Stream.of("ssl-client-cert", "SSL_CLIENT_CERT", "X-SSL-CERT", "x-forwarded-client-cert", "Client-Cert")
                .map(header -> DynamicTest.dynamicTest(header, () -> {
                    ClientAuth forged = (form, request, issuer) -> {
                        request.header(header, URLEncoder.encode(certificate, StandardCharsets.UTF_8));
                        return form.with("client_id", "certified");
                    };
                    Reply reply = realm.oauth()
                            .clientCredentials(
                                    forged, Form.of("scope", "notes:read").with("resource", AttackedRealm.NOTES));
                    assertThat(reply.status()).as(reply.toString()).isEqualTo(401);
                    assertThat(reply.find("access_token")).isEmpty();
                }));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"token", "id_token", "id_token token", "code token", "code id_token", "code id_token token"})
    @Tries({"RFC9700-2.1.2", "RFC9700-4.1.2"})
    void no_token_comes_by_redirect(String responseType) {
        Authorization answer = realm.oauth()
                .authorize(request(web, AttackedRealm.WEB)
                        .with("response_type", responseType)
                        .with("nonce", "n"));
        Form callback = answer.callback();
        assertThat(callback.get("error")).isEqualTo("unauthorized_client");
        assertThat(callback.parameters())
                .extracting(Form.Parameter::name)
                .doesNotContain("access_token", "id_token", "code");
    }

    @Test
    @Tries({"RFC9700-2.4", "RFC7591-5-privilege"})
    void a_registered_client_gets_nothing_for_a_password() {
        for (String client : List.of(web, desktop)) {
            assertNoTokens(
                    realm.oauth()
                            .token(
                                    ClientAuth.none(client),
                                    Form.password("alice", "alice")
                                            .with("scope", "notes:read")
                                            .with("resource", AttackedRealm.NOTES)),
                    "unauthorized_client");
        }
    }
}

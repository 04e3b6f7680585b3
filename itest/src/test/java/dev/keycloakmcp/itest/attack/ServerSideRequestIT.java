package dev.keycloakmcp.itest.attack;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Keys;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.Registration;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Nobody makes the server connect to an address of their choice, by metadata, parameters, headers or as a client id. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServerSideRequestIT {

    private static final String UNKNOWN = "invalid_client";

    private AttackedRealm realm;
    private Listener listener;
    private String client;

    @BeforeAll
    void create(TestRealm empty) {
        realm = AttackedRealm.in(empty);
        listener = new Listener();
        client = realm.register("Web", AttackedRealm.WEB);
    }

    @AfterAll
    void nobody_connected() {
        assertThat(listener.connections()).isZero();
        listener.close();
    }

    private void assertNobodyConnected() {
        assertThat(listener.connections()).isZero();
    }

    // What clients say of themselves

    @ParameterizedTest
    @ValueSource(
            strings = {"client_uri", "logo_uri", "tos_uri", "policy_uri", "initiate_login_uri", "sector_identifier_uri"
            })
    @Tries({"MCP-ssrf", "RFC7591-5-links", "RFC9728-7.7"})
    void an_address_in_the_metadata_of_a_client_is_not_opened(String member) {
        Map<String, Object> metadata = Registration.publicClient("Links " + member, AttackedRealm.WEB);
        metadata.put(member, listener.uri("https", "/" + member));
        Reply registered = realm.oauth().register("mcp", metadata);
        if (registered.status() == 201) {
            Authorization login = realm.oauth()
                    .authorize(AttackedRealm.request(registered.get("client_id"), AttackedRealm.WEB))
                    .login("alice", "alice");
            assertThat(login.asksForConsent()).isTrue();
            login.consent(true);
        } else {
            assertThat(registered.error()).isEqualTo("invalid_client_metadata");
        }
        assertNobodyConnected();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "this machine, https://127.0.0.1:%d/jwks",
        "this machine by name, https://localhost:%d/jwks",
        "this machine without TLS, http://127.0.0.1:%d/jwks",
        "this machine in IPv6, https://[::1]:%d/jwks",
        "IPv4 in IPv6, https://[::ffff:127.0.0.1]:%d/jwks",
        "this machine as a number, https://2130706433:%d/jwks",
        "this machine in short, https://127.1:%d/jwks",
        "a cloud's metadata, https://169.254.169.254/latest/meta-data",
        "a private network, https://10.0.0.1/jwks",
        "a file, file:///etc/passwd",
        "another protocol, gopher://127.0.0.1:%d/x",
        "an allowed host as user, https://app.example.com@127.0.0.1:%d/jwks",
    })
    @Tries({"MCP-ssrf", "RFC7591-5-keys", "RFC9728-7.7"})
    void keys_are_not_fetched_from(String name, String uri) {
        Map<String, Object> metadata = Registration.publicClient("Keys at " + name, AttackedRealm.WEB);
        metadata.put("token_endpoint_auth_method", "private_key_jwt");
        metadata.put("jwks_uri", uri.replace("%d", listener.port()));
        Reply refused = realm.oauth().register("mcp", metadata);
        assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
        assertThat(refused.error()).isEqualTo("invalid_client_metadata");
        assertNobodyConnected();
    }

    @ParameterizedTest
    @ValueSource(strings = {"request_uris", "backchannel_logout_uri", "frontchannel_logout_uri", "software_statement"})
    @Tries({"MCP-ssrf", "RFC7591-5-links", "RFC7591-5-privilege"})
    void an_address_that_keycloak_would_call_later_is_not_kept(String member) {
        String uri = listener.uri("https", "/" + member);
        Map<String, Object> metadata = Registration.publicClient("Calls " + member, AttackedRealm.WEB);
        metadata.put(member, member.endsWith("s") ? List.of(uri) : uri);
        Reply registered = realm.oauth().register("mcp", metadata).expect(201);
        assertThat(registered.json().has(member)).isFalse();
        assertThat(Reply.write(realm.client(registered.get("client_id")))).doesNotContain(uri);
        Reply tokens = realm.signIn(registered.get("client_id"), AttackedRealm.WEB);
        realm.oauth()
                .post(
                        realm.oauth().endpoint("logout"),
                        ClientAuth.none(registered.get("client_id")),
                        Form.of("refresh_token", tokens.refreshToken()));
        assertNobodyConnected();
    }

    // What requests say

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a request by reference, request_uri, https",
        "a request by reference without TLS, request_uri, http",
        "the server, resource, https",
        "the person's picture of a hint, id_token_hint, https",
        "claims, claims, https",
        "an issuer, iss, https",
    })
    @Tries({"MCP-ssrf", "RFC9728-7.7", "RFC8707-2-unknown"})
    void an_address_in_an_authorization_request_is_not_opened(String name, String parameter, String scheme) {
        realm.oauth()
                .authorize(AttackedRealm.request(client, AttackedRealm.WEB)
                        .without(parameter)
                        .with(parameter, listener.uri(scheme, "/")));
        assertNobodyConnected();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a request by reference, request_uri",
        "the server, resource",
    })
    @Tries({"MCP-ssrf", "RFC8707-2-smuggle"})
    void nor_in_a_pushed_request(String name, String parameter) {
        Reply pushed = realm.oauth()
                .push(
                        ClientAuth.none(client),
                        AttackedRealm.request(client, AttackedRealm.WEB)
                                .without("client_id")
                                .without(parameter)
                                .with("response_type", "code")
                                .with("code_challenge", "a".repeat(43))
                                .with("code_challenge_method", "S256")
                                .with(parameter, listener.uri("https", "/")));
        assertThat(pushed.status()).as(pushed.toString()).isEqualTo(400);
        assertNobodyConnected();
    }

    @ParameterizedTest
    @ValueSource(strings = {"resource", "audience"})
    @Tries({"MCP-ssrf", "RFC8707-2-unknown", "RFC8693-2.1-target"})
    void a_target_is_not_opened(String parameter) {
        Form form = Form.of(parameter, listener.uri("https", "/mcp")).with("scope", "notes:read");
        assertThat(realm.oauth().clientCredentials(AttackedRealm.AGENT, form).error())
                .isEqualTo("invalid_target");
        String token = realm.signIn(client, AttackedRealm.WEB).accessToken();
        assertThat(realm.oauth()
                        .exchange(AttackedRealm.NOTES_SERVER, token, form)
                        .error())
                .isEqualTo("invalid_target");
        assertNobodyConnected();
    }

    @TestFactory
    @Tries({"MCP-ssrf", "RFC7523-3-signature"})
    Stream<DynamicTest> a_key_is_not_fetched_from_where_the_token_says() {
        RSAKey key = Keys.rsa("stranger");
        return Stream.of("jku", "x5u")
                .flatMap(header -> Stream.of(
                        DynamicTest.dynamicTest("assertion of a client with " + header, () -> {
                            Reply reply = realm.oauth()
                                    .clientCredentials(
                                            (form, request, issuer) -> form.with(
                                                            "client_assertion_type",
                                                            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
                                                    .with("client_assertion", signed(key, header, "agent")),
                                            Form.empty());
                            assertThat(reply.status()).as(reply.toString()).isEqualTo(401);
                            assertNobodyConnected();
                        }),
                        DynamicTest.dynamicTest("assertion as a grant with " + header, () -> {
                            Reply reply = realm.oauth()
                                    .token(
                                            AttackedRealm.AGENT,
                                            Form.of("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
                                                    .with("assertion", signed(key, header, listener.uri("https", ""))));
                            assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
                            assertNobodyConnected();
                        }),
                        DynamicTest.dynamicTest("subject token with " + header, () -> {
                            Reply reply = realm.oauth()
                                    .exchange(
                                            AttackedRealm.NOTES_SERVER,
                                            signed(key, header, realm.issuer().toString()),
                                            Form.of("resource", AttackedRealm.MAIL)
                                                    .with("scope", "mail:send"));
                            assertThat(reply.error()).isEqualTo("invalid_request");
                            assertNobodyConnected();
                        })));
    }

    private String signed(RSAKey key, String header, String issuer) {
        try {
            JWSHeader.Builder head = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID());
            URI uri = URI.create(listener.uri("https", "/keys"));
            SignedJWT jwt = new SignedJWT(
                    (header.equals("jku") ? head.jwkURL(uri) : head.x509CertURL(uri)).build(),
                    new JWTClaimsSet.Builder()
                            .issuer(issuer)
                            .subject(issuer)
                            .audience(realm.issuer().toString())
                            .jwtID(UUID.randomUUID().toString())
                            .expirationTime(Date.from(Instant.now().plusSeconds(60)))
                            .build());
            jwt.sign(new RSASSASigner(key));
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    // A URL as a client id

    private Stream<String> urls() {
        return Stream.of(
                listener.uri("https", "/client.json"),
                listener.uri("http", "/client.json"),
                "https://claude.ai/oauth/claude-code-client-metadata",
                "https://user:password@app.example.com/client",
                "https://app.example.com/client#fragment",
                "https://app.example.com/a/../client",
                "https://app.example.com",
                "https://localhost/client",
                "http://169.254.169.254/latest/meta-data/",
                "https://[::1]/client",
                "file:///etc/passwd",
                "javascript:alert(1)",
                "data:application/json,{}",
                "https://app.example.com/" + "a".repeat(2000));
    }

    private static String shown(String url) {
        return (url.length() > 60 ? url.substring(0, 60) + "..." : url).replaceAll(":\\d{4,5}/", ":port/");
    }

    @TestFactory
    @Tries({"CIMD-closed", "CIMD-ssrf", "CIMD-identifier", "MCP-documents", "MCP-ssrf"})
    Stream<DynamicTest> a_url_is_no_client_at_the_authorization_endpoint() {
        return urls().map(url -> DynamicTest.dynamicTest(shown(url), () -> {
            Browser.Page page = realm.oauth()
                    .authorize(AttackedRealm.request(url, AttackedRealm.WEB))
                    .page();
            assertThat(page.status()).isEqualTo(400);
            assertThat(page.left()).isFalse();
            assertNobodyConnected();
        }));
    }

    @TestFactory
    @Tries({"CIMD-closed", "CIMD-ssrf", "CIMD-identifier", "MCP-documents", "MCP-ssrf"})
    Stream<DynamicTest> a_url_is_no_client_at_the_token_endpoint() {
        return urls().map(url -> DynamicTest.dynamicTest(shown(url), () -> {
            Reply reply = realm.oauth()
                    .token(
                            ClientAuth.none(url),
                            Form.of("grant_type", "authorization_code")
                                    .with("code", "a.b.c")
                                    .with("redirect_uri", AttackedRealm.WEB));
            assertThat(reply.status()).as(reply.toString()).isEqualTo(401);
            assertThat(reply.error()).isEqualTo(UNKNOWN);
            assertNobodyConnected();
        }));
    }

    @TestFactory
    @Tries({"CIMD-closed", "CIMD-ssrf", "MCP-documents"})
    Stream<DynamicTest> a_url_is_no_client_where_else_clients_name_themselves() {
        String url = listener.uri("https", "/client.json");
        return Stream.of("ext/par/request", "auth/device", "ext/ciba/auth", "token/introspect", "revoke")
                .map(endpoint -> DynamicTest.dynamicTest(endpoint, () -> {
                    Reply reply = realm.oauth()
                            .post(
                                    realm.oauth().endpoint(endpoint),
                                    ClientAuth.none(url),
                                    Form.of("scope", "notes:read")
                                            .with("token", "x")
                                            .with("login_hint", "alice"));
                    assertThat(reply.status()).as(reply.toString()).isEqualTo(401);
                    assertThat(reply.error()).isEqualTo(endpoint.endsWith("par/request") ? "invalid_request" : UNKNOWN);
                    assertNobodyConnected();
                }));
    }

    @Test
    @Tries({"CIMD-closed", "RFC7592-5-token"})
    void a_url_is_no_client_at_the_registration_endpoint() {
        for (String url : List.of(listener.uri("https", "/client.json"), "https://claude.ai/client")) {
            Reply reply = realm.oauth()
                    .get(URI.create(realm.endpoint() + "/" + URLEncoder.encode(url, StandardCharsets.UTF_8)), "x");
            assertThat(reply.status()).isEqualTo(401);
        }
        assertNobodyConnected();
    }

    @Test
    @Tries({"CIMD-advertise", "MCP-documents"})
    void metadata_promises_no_documents() {
        assertThat(realm.oauth()
                        .metadata()
                        .path("client_id_metadata_document_supported")
                        .asBoolean(false))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"client_id", "clientId", "id"})
    @Tries({"CIMD-generated", "RFC7591-5-privilege"})
    void a_client_cannot_choose_a_url_as_its_id(String member) {
        Map<String, Object> metadata = Registration.publicClient("Chooses " + member, AttackedRealm.WEB);
        metadata.put(member, "https://claude.ai/client");
        Reply registered = realm.oauth().register("mcp", metadata).expect(201);
        assertThat(registered.get("client_id")).doesNotContain(":", "/");
        assertThat(realm.admin().clients().findByClientId("https://claude.ai/client"))
                .isEmpty();
    }

    @Test
    @Tries("CIMD-closed")
    void a_url_that_an_administrator_made_a_client_is_that_client_and_nothing_is_fetched() {
        String url = listener.uri("https", "/made-by-hand");
        realm.add(Client.application(url, AttackedRealm.WEB).optional("notes:read"));
        Authorization login = realm.oauth()
                .authorize(AttackedRealm.request(url, AttackedRealm.WEB))
                .as("alice", "alice");
        realm.oauth().code(ClientAuth.none(url), login, Form.empty()).expect(200);
        assertNobodyConnected();
    }
}

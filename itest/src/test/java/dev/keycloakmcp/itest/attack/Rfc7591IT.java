package dev.keycloakmcp.itest.attack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Keys;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Registration;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.ClientRepresentation;

/** The attacks of RFC 7591 and RFC 7592 on the registration endpoint. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class Rfc7591IT {

    private AttackedRealm realm;

    @BeforeAll
    void create(TestRealm empty) {
        realm = AttackedRealm.in(empty);
    }

    private Reply register(String name, String member, Object value) {
        Map<String, Object> metadata = Registration.publicClient(name, AttackedRealm.WEB);
        metadata.put(member, value);
        return realm.oauth().register("mcp", metadata);
    }

    /** What an administrator sees, but for what differs from client to client. */
    private Map<String, Object> kept(String clientId) {
        ClientRepresentation client = realm.client(clientId);
        client.getAttributes().keySet().removeIf(key -> key.startsWith("mcp.") && key.endsWith("-at"));
        client.getAttributes().remove("client.secret.creation.time");
        client.setId("");
        client.setClientId("");
        client.setName("");
        return new ObjectMapper().convertValue(client, new TypeReference<Map<String, Object>>() {});
    }

    private static Stream<DynamicTest> rows(Map<String, Object> members, Row row) {
        return members.entrySet().stream()
                .map(member -> DynamicTest.dynamicTest(
                        member.getKey() + " " + Reply.write(member.getValue()),
                        () -> row.check(member.getKey(), member.getValue())));
    }

    private interface Row {
        void check(String member, Object value) throws Exception;
    }

    // What a client would like to be

    @TestFactory
    @Tries({"RFC7591-5-privilege", "RFC8707-3-imitation", "ASI04"})
    Stream<DynamicTest> members_that_only_administrators_set() {
        Map<String, Object> plain = kept(realm.register("Plain", AttackedRealm.WEB));
        return Stream.of(
                        Map.<String, Object>of(
                                "resource_url",
                                AttackedRealm.NOTES,
                                "mcp.scopes",
                                "mail:send",
                                "mcp.allowed-resources",
                                AttackedRealm.MAIL,
                                "mcp.registration",
                                "dcr-authenticated",
                                "mcp.suspended",
                                "",
                                "attributes",
                                Map.of("resource_url", AttackedRealm.NOTES, "mcp.scopes", "mail:send")),
                        Map.<String, Object>of(
                                "serviceAccountsEnabled", true,
                                "directAccessGrantsEnabled", true,
                                "implicitFlowEnabled", true,
                                "fullScopeAllowed", true,
                                "consentRequired", false,
                                "authorizationServicesEnabled", true,
                                "publicClient", false,
                                "bearerOnly", true,
                                "enabled", false),
                        Map.<String, Object>of(
                                "defaultClientScopes", List.of("notes:read", "mail:send"),
                                "optionalClientScopes", List.of("offline_access", "mail:send"),
                                "defaultRoles", List.of("admin"),
                                "webOrigins", List.of("*"),
                                "rootUrl", "https://evil.example",
                                "baseUrl", "https://evil.example",
                                "adminUrl", "https://evil.example",
                                "authenticationFlowBindingOverrides", Map.of("browser", "x"),
                                "protocolMappers",
                                        List.of(Map.of(
                                                "name", "aud",
                                                "protocol", "openid-connect",
                                                "protocolMapper", "oidc-audience-mapper",
                                                "config", Map.of("included.custom.audience", AttackedRealm.MAIL)))),
                        Map.<String, Object>of(
                                "client_secret", "chosen",
                                "registration_access_token", "chosen",
                                "client_id_issued_at", 0,
                                "client_secret_expires_at", 0,
                                "registration_client_uri", "https://evil.example"),
                        Map.<String, Object>of(
                                "id_token_signed_response_alg", "none",
                                "userinfo_signed_response_alg", "none",
                                "request_object_signing_alg", "none",
                                "token_endpoint_auth_signing_alg", "none",
                                "introspection_signed_response_alg", "none",
                                "backchannel_token_delivery_mode", "push",
                                "backchannel_client_notification_endpoint", "https://evil.example"))
                .flatMap(members -> rows(members, (member, value) -> {
                    Reply registered = register("Wants " + member, member, value);
                    if (registered.status() == 201) {
                        assertThat(kept(registered.get("client_id"))).isEqualTo(plain);
                    } else {
                        assertThat(registered.status())
                                .as(registered.toString())
                                .isEqualTo(400);
                        assertThat(registered.error()).isEqualTo("invalid_client_metadata");
                    }
                }));
    }

    @TestFactory
    @Tries({"RFC7591-5-privilege", "RFC9700-2.1.2", "RFC9700-2.4", "ASI04"})
    Stream<DynamicTest> grants_that_are_not_for_registered_clients() {
        return Stream.of(
                        "client_credentials",
                        "password",
                        "implicit",
                        "urn:ietf:params:oauth:grant-type:token-exchange",
                        "urn:ietf:params:oauth:grant-type:jwt-bearer",
                        "urn:ietf:params:oauth:grant-type:device_code",
                        "urn:openid:params:grant-type:ciba",
                        "urn:ietf:params:oauth:grant-type:uma-ticket",
                        "urn:ietf:params:oauth:grant-type:saml2-bearer")
                .map(grant -> DynamicTest.dynamicTest(grant, () -> {
                    Map<String, Object> metadata = Registration.publicClient("Wants " + grant, AttackedRealm.WEB);
                    metadata.put("grant_types", List.of("authorization_code", grant));
                    metadata.put("token_endpoint_auth_method", "client_secret_post");
                    Reply registered = realm.oauth().register("mcp", metadata).expect(201);
                    assertThat(registered.json().get("grant_types").toString()).isEqualTo("[\"authorization_code\"]");
                    Reply reply = realm.oauth()
                            .token(
                                    ClientAuth.post(registered.get("client_id"), registered.get("client_secret")),
                                    Form.of("grant_type", grant)
                                            .with("scope", "notes:read")
                                            .with("resource", AttackedRealm.NOTES)
                                            .with("username", "alice")
                                            .with("password", "alice")
                                            .with("assertion", "x")
                                            .with("device_code", "x")
                                            .with("auth_req_id", "x"));
                    assertThat(reply.status())
                            .as(reply.toString())
                            .isEqualTo(
                                    Set.of("client_credentials", "urn:ietf:params:oauth:grant-type:uma-ticket")
                                                    .contains(grant)
                                            ? 401
                                            : 400);
                    assertThat(reply.find("access_token")).isEmpty();
                }));
    }

    @TestFactory
    @Tries("RFC7591-5-software-statement")
    Stream<DynamicTest> software_statements_that_are_no_reason_for_anything() throws JOSEException {
        Map<String, Object> plain = kept(realm.register("Without statement", AttackedRealm.WEB));
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .issuer("https://trusted.example")
                .claim("software_id", "trusted")
                .claim("client_name", "Trusted")
                .claim("redirect_uris", List.of("https://evil.example/callback"))
                .claim("grant_types", List.of("client_credentials"))
                .build();
        SignedJWT signed = new SignedJWT(new JWSHeader(JWSAlgorithm.RS256), claims);
        signed.sign(new RSASSASigner(Keys.rsa("stranger")));
        return Stream.of(
                        Map.entry("garbage", "garbage"),
                        Map.entry("unsigned", new PlainJWT(claims).serialize()),
                        Map.entry("signed by a stranger", signed.serialize()),
                        Map.entry("an object", Map.of("client_name", "Trusted")),
                        Map.entry("a list", List.of("x")))
                .map(statement -> DynamicTest.dynamicTest(statement.getKey(), () -> {
                    Reply registered =
                            register("Statement " + statement.getKey(), "software_statement", statement.getValue());
                    if (registered.status() == 201) {
                        assertThat(kept(registered.get("client_id"))).isEqualTo(plain);
                        assertThat(registered.json().get("redirect_uris").toString())
                                .doesNotContain("evil");
                    } else {
                        assertThat(registered.error()).isEqualTo("invalid_client_metadata");
                    }
                }));
    }

    @Test
    @Tries({"RFC7591-5-secret", "RFC7591-5-flood"})
    void two_confidential_clients_never_share_a_secret() {
        Map<String, Object> metadata = Registration.publicClient("Secretive", AttackedRealm.WEB);
        metadata.put("token_endpoint_auth_method", "client_secret_post");
        Reply one = realm.oauth().register("mcp", metadata).expect(201);
        Reply other = realm.oauth().register("mcp", metadata).expect(201);
        assertThat(one.get("client_id")).isNotEqualTo(other.get("client_id"));
        assertThat(one.get("client_secret")).isNotEqualTo(other.get("client_secret"));
        Reply crossed = realm.oauth()
                .token(
                        ClientAuth.post(one.get("client_id"), other.get("client_secret")),
                        Form.of("grant_type", "refresh_token").with("refresh_token", "x"));
        assertThat(crossed.status()).isEqualTo(401);
    }

    // Who asks

    @TestFactory
    @Tries({"RFC7591-5-initial-token", "RFC7592-5-token"})
    Stream<DynamicTest> tokens_that_open_no_registration() {
        String client = realm.register("Opens", AttackedRealm.WEB);
        Reply tokens = realm.signIn(client, AttackedRealm.WEB);
        String machine = realm.oauth()
                .clientCredentials(
                        AttackedRealm.AGENT, Form.of("scope", "notes:read").with("resource", AttackedRealm.NOTES))
                .expect(200)
                .accessToken();
        return Stream.of(
                        Map.entry("garbage", "garbage"),
                        Map.entry("a user's access token", tokens.accessToken()),
                        Map.entry("a user's refresh token", tokens.refreshToken()),
                        Map.entry("an agent's access token", machine))
                .map(token -> DynamicTest.dynamicTest(token.getKey(), () -> {
                    Reply reply = realm.oauth()
                            .postJson(
                                    realm.endpoint(),
                                    Registration.publicClient("By " + token.getKey(), AttackedRealm.WEB),
                                    token.getValue());
                    assertThat(reply.status()).as(reply.toString()).isEqualTo(401);
                    assertThat(reply.find("client_id")).isEmpty();
                }));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE"})
    @Tries({"RFC7592-5-token", "RFC7591-5-cors"})
    void a_cookie_manages_no_client(String method) {
        Reply registered = realm.oauth()
                .register("mcp", Registration.publicClient("Managed by " + method, AttackedRealm.WEB))
                .expect(201);
        Browser browser = new Browser();
        realm.oauth()
                .authorize(AttackedRealm.request(registered.get("client_id"), AttackedRealm.WEB), browser)
                .as("root", "root");
        Reply reply = realm.oauth()
                .send(HttpRequest.newBuilder(URI.create(realm.endpoint() + "/" + registered.get("client_id")))
                        .header("Cookie", browser.cookies())
                        .header("Content-Type", "application/json")
                        .header("Origin", "https://evil.example")
                        .method(method, HttpRequest.BodyPublishers.ofString("{}")));
        assertThat(reply.status()).as(reply.toString()).isEqualTo(401);
        assertThat(realm.client(registered.get("client_id")).isEnabled()).isTrue();
    }

    @Test
    @Tries("RFC7591-5-cors")
    void a_page_of_another_origin_registers_as_anybody_whoever_visits_it() {
        Browser browser = new Browser();
        realm.oauth()
                .authorize(
                        AttackedRealm.request(realm.register("Visited", AttackedRealm.WEB), AttackedRealm.WEB), browser)
                .as("root", "root");
        Reply registered = realm.oauth()
                .send(HttpRequest.newBuilder(realm.endpoint())
                        .header("Content-Type", "application/json")
                        .header("Cookie", browser.cookies())
                        .header("Origin", "https://evil.example")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                Reply.write(Registration.publicClient("From a page", AttackedRealm.WEB)))));
        assertThat(registered.status()).isEqualTo(201);
        assertThat(realm.client(registered.get("client_id")).getAttributes())
                .containsEntry("mcp.registration", "dcr-anonymous");
    }

    // RFC 7592

    /** A client of its own, with a registration access token: it has a secret, so that nobody shares it. */
    private Reply own(String name) {
        Map<String, Object> metadata = Registration.publicClient(name, AttackedRealm.WEB);
        metadata.put("token_endpoint_auth_method", "client_secret_post");
        return realm.oauth().register("mcp", metadata).expect(201);
    }

    private Reply update(Reply registered, Map<String, Object> metadata) {
        return realm.oauth()
                .sendJson(
                        "PUT",
                        URI.create(realm.endpoint() + "/" + registered.get("client_id")),
                        with(metadata, registered.get("client_id")),
                        registered.get("registration_access_token"));
    }

    private static Map<String, Object> with(Map<String, Object> metadata, String clientId) {
        Map<String, Object> complete = new LinkedHashMap<>(metadata);
        complete.putIfAbsent("client_id", clientId);
        return complete;
    }

    @TestFactory
    @Tries({"RFC7592-5-widen", "RFC7591-5-redirect", "RFC7591-5-privilege"})
    Stream<DynamicTest> updates_that_would_give_more() {
        return rows(
                Map.of(
                        "redirect_uris", List.of("https://evil.example/callback"),
                        "grant_types", List.of("client_credentials"),
                        "response_types", List.of("token"),
                        "client_id", "notes",
                        "jwks_uri", "https://169.254.169.254/",
                        "token_endpoint_auth_method", "tls_client_auth",
                        "client_name", "a\u202eb",
                        "logo_uri", "javascript:alert(1)",
                        "scope", "realm-management"),
                (member, value) -> {
                    Reply registered = own("Updated " + member);
                    Map<String, Object> before = kept(registered.get("client_id"));
                    Map<String, Object> metadata = Registration.publicClient("Updated " + member, AttackedRealm.WEB);
                    metadata.put("token_endpoint_auth_method", "client_secret_post");
                    metadata.put("client_id", registered.get("client_id"));
                    metadata.put(member, value);
                    Reply answer = update(registered, metadata);
                    if (member.equals("logo_uri") || member.equals("scope")) {
                        // what decides nothing, or is not granted, is dropped
                        assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
                        assertThat(answer.body()).doesNotContain(value.toString());
                    } else {
                        assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
                        assertThat(answer.error())
                                .isEqualTo(
                                        member.equals("redirect_uris")
                                                ? "invalid_redirect_uri"
                                                : "invalid_client_metadata");
                    }
                    assertThat(kept(registered.get("client_id"))).isEqualTo(before);
                });
    }

    @Test
    @Tries({"RFC7592-5-widen", "RFC8707-3-imitation"})
    void an_update_sets_nothing_of_administrators() {
        Reply registered = own("Ambitious");
        Map<String, Object> before = kept(registered.get("client_id"));
        Map<String, Object> metadata = Registration.publicClient("Ambitious", AttackedRealm.WEB);
        metadata.put("token_endpoint_auth_method", "client_secret_post");
        metadata.put("resource_url", AttackedRealm.NOTES);
        metadata.put("mcp.scopes", "mail:send");
        metadata.put("serviceAccountsEnabled", true);
        metadata.put("consentRequired", false);
        metadata.put("attributes", Map.of("resource_url", AttackedRealm.NOTES));
        update(registered, metadata).expect(200);
        assertThat(kept(registered.get("client_id"))).isEqualTo(before);
    }

    @TestFactory
    @Tries("RFC7592-5-token")
    Stream<DynamicTest> tokens_that_manage_no_client() {
        Reply mine = own("Mine");
        Reply yours = own("Yours");
        Reply tokens = realm.signIn(realm.register("Third", AttackedRealm.WEB), AttackedRealm.WEB);
        return Stream.of(
                        Map.entry("none", ""),
                        Map.entry("garbage", "garbage"),
                        Map.entry("that of another client", yours.get("registration_access_token")),
                        Map.entry("the client's secret", mine.get("client_secret")),
                        Map.entry("a user's access token", tokens.accessToken()),
                        Map.entry("a user's refresh token", tokens.refreshToken()))
                .flatMap(token -> Stream.of("GET", "PUT", "DELETE")
                        .map(method -> DynamicTest.dynamicTest(method + " with " + token.getKey(), () -> {
                            Reply reply = realm.oauth()
                                    .sendJson(
                                            method,
                                            URI.create(realm.endpoint() + "/" + mine.get("client_id")),
                                            Registration.publicClient("Taken", "https://app.example.com/evil"),
                                            token.getValue());
                            assertThat(reply.status()).as(reply.toString()).isEqualTo(401);
                            assertThat(realm.client(mine.get("client_id")).getRedirectUris())
                                    .containsExactly(AttackedRealm.WEB);
                        })));
    }

    @Test
    @Tries("RFC7592-5-token")
    void a_registration_access_token_that_was_used_is_used_up() {
        Reply registered = own("Rotating");
        Map<String, Object> metadata = Registration.publicClient("Rotating", AttackedRealm.WEB);
        metadata.put("token_endpoint_auth_method", "client_secret_post");
        Reply updated = update(registered, metadata).expect(200);
        assertThat(updated.get("registration_access_token")).isNotEqualTo(registered.get("registration_access_token"));
        assertThat(update(registered, metadata).status()).isEqualTo(401);
    }

    @Test
    @Tries({"RFC7592-5-token", "RFC9700-4.6"})
    void a_registration_access_token_is_no_access_token() {
        String token = own("Confused").get("registration_access_token");
        assertThat(realm.oauth().userInfo(token).status()).isEqualTo(401);
        assertThat(realm.oauth().get(realm.adminUri("mcp/doctor"), token).status())
                .isEqualTo(401);
        assertThat(realm.oauth().get(realm.adminUri("clients"), token).status()).isEqualTo(401);
        assertThat(realm.oauth()
                        .introspect(AttackedRealm.NOTES_SERVER, token)
                        .json()
                        .path("active")
                        .asBoolean())
                .isFalse();
        assertThat(realm.oauth()
                        .exchange(
                                AttackedRealm.NOTES_SERVER,
                                token,
                                Form.of("resource", AttackedRealm.MAIL).with("scope", "mail:send"))
                        .error())
                .isEqualTo("invalid_request");
    }

    @Test
    @Tries({"RFC7592-5-gone", "ASI03-stale"})
    void what_a_deleted_client_had_ends_with_it() {
        Reply registered = own("Deleted");
        String id = registered.get("client_id");
        ClientAuth auth = ClientAuth.post(id, registered.get("client_secret"));
        Authorization login = realm.oauth()
                .authorize(AttackedRealm.request(id, AttackedRealm.WEB))
                .as("alice", "alice");
        Reply tokens = realm.oauth().code(auth, login, Form.empty()).expect(200);
        Authorization unfinished = realm.oauth()
                .authorize(AttackedRealm.request(id, AttackedRealm.WEB))
                .as("alice", "alice");
        realm.oauth()
                .delete(URI.create(realm.endpoint() + "/" + id), registered.get("registration_access_token"))
                .expect(204);
        assertThat(realm.oauth()
                        .introspect(AttackedRealm.NOTES_SERVER, tokens.accessToken())
                        .json()
                        .path("active")
                        .asBoolean())
                .isFalse();
        assertThat(realm.oauth()
                        .refresh(auth, tokens.refreshToken(), Form.empty())
                        .status())
                .isEqualTo(401);
        assertThat(realm.oauth().code(auth, unfinished, Form.empty()).status()).isEqualTo(401);
        assertThat(realm.oauth()
                        .exchange(
                                AttackedRealm.NOTES_SERVER,
                                tokens.accessToken(),
                                Form.of("resource", AttackedRealm.MAIL).with("scope", "mail:send"))
                        .error())
                .isEqualTo("invalid_request");
    }
}

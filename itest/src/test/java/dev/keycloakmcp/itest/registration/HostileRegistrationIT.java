package dev.keycloakmcp.itest.registration;

import static dev.keycloakmcp.itest.registration.Registrations.CALLBACK;
import static dev.keycloakmcp.itest.registration.Registrations.publicClient;
import static dev.keycloakmcp.itest.registration.Registrations.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.keycloak.representations.idm.ClientRepresentation;

/** What must not be registered is refused with the right error, and nothing of it is stored. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileRegistrationIT {

    private Registrations registrations;
    private Set<String> clients;

    @BeforeAll
    void configure(TestRealm realm) {
        registrations = Registrations.documented(realm);
        clients = clientIds();
    }

    @AfterAll
    void nothing_was_stored() {
        assertThat(clientIds()).isEqualTo(clients);
    }

    /** Redirect URIs that must not be registered. */
    @ParameterizedTest(name = "{0}")
    @CsvFileSource(
            resources = "/registration/hostile-redirect-uris.csv",
            delimiterString = " | ",
            ignoreLeadingAndTrailingWhitespace = false)
    @Tries({"RFC7591-5-redirect", "RFC9700-4.1.1", "MCP-open-redirection", "MCP-communication"})
    void hostile_redirects_are_refused(String name, String uri, String reason) {
        String hostile = uri.translateEscapes()
                .replace("<bidi>", "\u202e")
                .replace("<cyrillic-a>", "\u0430")
                .replace("<zero-width>", "\u200b")
                .replace("<fullwidth-slash>", "\uff0f")
                .replace("<ideographic-stop>", "\u3002");
        assertRefused(with(publicClient(name), "redirect_uris", List.of(CALLBACK, hostile)), "invalid_redirect_uri");
    }

    /** An empty header, a header of JSON {@code null}, an algorithm that is {@code null}. */
    @Test
    @Tries({"RFC7592-5-token", "RFC7591-5-initial-token", "RFC7591-5-stock"})
    void bearer_tokens_that_name_no_algorithm_are_refused() {
        URI mcp = registrations.endpoint();
        URI stock = mcp.resolve("default");
        for (String token : List.of("e30.e30.cw", "bnVsbA.e30.cw", "eyJhbGciOm51bGx9.e30.cw")) {
            for (URI endpoint : List.of(mcp, stock, mcp.resolve("openid-connect"))) {
                assertInvalidToken(
                        HttpRequest.newBuilder(endpoint)
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(Reply.write(publicClient("Fine")))),
                        token);
            }
            for (String path : List.of("mcp/nobody", "default/account")) {
                URI client = mcp.resolve(path);
                assertInvalidToken(HttpRequest.newBuilder(client).GET(), token);
                assertInvalidToken(HttpRequest.newBuilder(client).DELETE(), token);
                assertInvalidToken(
                        HttpRequest.newBuilder(client)
                                .header("Content-Type", "application/json")
                                .PUT(HttpRequest.BodyPublishers.ofString("{}")),
                        token);
            }
        }
    }

    private void assertInvalidToken(HttpRequest.Builder request, String token) {
        Reply reply = registrations.oauth().send(request.header("Authorization", "Bearer " + token));
        assertThat(reply.status()).as(token + " " + reply).isEqualTo(401);
        assertThat(reply.error()).isEqualTo("invalid_token");
    }

    static Stream<Arguments> hostile_bodies() {
        Map<String, Object> fine = publicClient("Fine");
        return Stream.of(
                Arguments.of("nothing", "", "invalid_client_metadata"),
                Arguments.of("no JSON", "{", "invalid_client_metadata"),
                Arguments.of("an array", "[]", "invalid_client_metadata"),
                Arguments.of("null", "null", "invalid_client_metadata"),
                Arguments.of("a string", "\"x\"", "invalid_client_metadata"),
                Arguments.of("two objects", "{} {}", "invalid_client_metadata"),
                Arguments.of(
                        "a member twice",
                        "{\"redirect_uris\":[\"" + CALLBACK + "\"],\"redirect_uris\":[\"https://evil.example\"]}",
                        "invalid_client_metadata"),
                Arguments.of("deep nesting", "[".repeat(5000), "invalid_client_metadata"),
                Arguments.of("a deep object", "{\"a\":".repeat(5000), "invalid_client_metadata"),
                Arguments.of("a huge number", "{\"a\":" + "9".repeat(5000) + "}", "invalid_client_metadata"),
                Arguments.of("a huge body", "{\"a\":\"" + "a".repeat(70_000) + "\"}", "invalid_client_metadata"),
                Arguments.of("no redirects", with(fine, "redirect_uris", List.of()), "invalid_redirect_uri"),
                Arguments.of("redirects are a string", with(fine, "redirect_uris", CALLBACK), "invalid_redirect_uri"),
                Arguments.of(
                        "redirects hold null",
                        with(fine, "redirect_uris", Collections.singletonList(null)),
                        "invalid_redirect_uri"),
                Arguments.of(
                        "a redirect is too long",
                        with(fine, "redirect_uris", List.of("http://localhost/" + "a".repeat(300))),
                        "invalid_redirect_uri"),
                Arguments.of(
                        "too many redirects",
                        with(fine, "redirect_uris", Collections.nCopies(30, CALLBACK)),
                        "invalid_redirect_uri"),
                Arguments.of(
                        "name of 256 characters",
                        with(fine, "client_name", "a".repeat(256)),
                        "invalid_client_metadata"),
                Arguments.of("name with NUL", with(fine, "client_name", "a\u0000b"), "invalid_client_metadata"),
                Arguments.of("name with override", with(fine, "client_name", "a\u202eb"), "invalid_client_metadata"),
                Arguments.of("name with template", with(fine, "client_name", "${x}"), "invalid_client_metadata"),
                Arguments.of(
                        "name with half a pair",
                        Reply.write(with(fine, "client_name", "HALF")).replace("HALF", "\\ud800"),
                        "invalid_client_metadata"),
                Arguments.of("name is an object", with(fine, "client_name", Map.of()), "invalid_client_metadata"),
                Arguments.of(
                        "machine grant only",
                        with(fine, "grant_types", List.of("client_credentials")),
                        "invalid_client_metadata"),
                Arguments.of(
                        "password grant only",
                        with(fine, "grant_types", List.of("password")),
                        "invalid_client_metadata"),
                Arguments.of(
                        "implicit only", with(fine, "grant_types", List.of("implicit")), "invalid_client_metadata"),
                Arguments.of(
                        "refresh only", with(fine, "grant_types", List.of("refresh_token")), "invalid_client_metadata"),
                Arguments.of(
                        "token response", with(fine, "response_types", List.of("token")), "invalid_client_metadata"),
                Arguments.of(
                        "hybrid response",
                        with(fine, "response_types", List.of("code id_token")),
                        "invalid_client_metadata"),
                Arguments.of(
                        "unknown method", with(fine, "token_endpoint_auth_method", "x"), "invalid_client_metadata"),
                Arguments.of(
                        "TLS method",
                        with(fine, "token_endpoint_auth_method", "tls_client_auth"),
                        "invalid_client_metadata"),
                Arguments.of(
                        "keys without keys",
                        with(fine, "token_endpoint_auth_method", "private_key_jwt"),
                        "invalid_client_metadata"),
                Arguments.of("scope is a number", with(fine, "scope", 1), "invalid_client_metadata"),
                Arguments.of(
                        "keys of an internal host",
                        with(fine, "jwks_uri", "https://169.254.169.254/"),
                        "invalid_client_metadata"),
                Arguments.of("keys by file", with(fine, "jwks_uri", "file:///etc/passwd"), "invalid_client_metadata"),
                Arguments.of(
                        "a private key",
                        with(
                                fine,
                                "jwks",
                                Map.of("keys", List.of(Map.of("kty", "RSA", "n", "AQAB", "e", "AQAB", "d", "x")))),
                        "invalid_client_metadata"),
                Arguments.of(
                        "a symmetric key",
                        with(fine, "jwks", Map.of("keys", List.of(Map.of("kty", "oct", "k", "AQAB")))),
                        "invalid_client_metadata"),
                Arguments.of(
                        "a point that is none",
                        with(
                                fine,
                                "jwks",
                                Map.of("keys", List.of(Map.of("kty", "EC", "crv", "P-256", "x", "A", "y", "A")))),
                        "invalid_client_metadata"),
                Arguments.of(
                        "an Edwards key of no length",
                        with(fine, "jwks", Map.of("keys", List.of(Map.of("kty", "OKP", "crv", "Ed25519", "x", "A")))),
                        "invalid_client_metadata"),
                Arguments.of("contacts are a string", with(fine, "contacts", "a@a.example"), "invalid_client_metadata"),
                Arguments.of(
                        "version with escape", with(fine, "software_version", "\u001b[31m"), "invalid_client_metadata"),
                Arguments.of(
                        "another application type",
                        with(fine, "application_type", "daemon"),
                        "invalid_client_metadata"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    @Tries({"RFC7591-5-metadata", "RFC7591-5-privilege", "RFC7591-5-links", "RFC7591-5-keys"})
    void hostile_bodies(String name, Object body, String error) {
        assertRefused(body, error);
    }

    static Stream<Arguments> odd_requests() {
        byte[] wild = Reply.write(with(publicClient("Odd"), "redirect_uris", List.of("*")))
                .getBytes(StandardCharsets.UTF_8);
        byte[] noUtf8 = "{\"client_name\":\"?\",\"redirect_uris\":[\"*\"]}".getBytes(StandardCharsets.UTF_8);
        noUtf8[16] = (byte) 0xff;
        return Stream.of(
                Arguments.of("an unknown charset", "POST", "", "application/json;charset=bogus", wild, 400),
                Arguments.of("another type", "POST", "", "application/x-www-form-urlencoded", wild, 415),
                Arguments.of("bytes that are not UTF-8", "POST", "", "application/json", noUtf8, 400),
                Arguments.of("UTF-16 that is UTF-8", "POST", "", "application/json;charset=utf-16", wild, 400),
                Arguments.of("a client id of NUL", "GET", "/%00", "application/json", new byte[0], 401),
                Arguments.of(
                        "a client id that is too long", "GET", "/" + "a".repeat(3000), "application/json", wild, 401),
                Arguments.of("another method", "PATCH", "", "application/json", wild, 405),
                Arguments.of("an update of nobody", "PUT", "/nobody", "application/json", wild, 401),
                Arguments.of("an end of nobody", "DELETE", "/nobody", "application/json", new byte[0], 401));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    @Tries("RFC7591-5-metadata")
    void odd_requests(String name, String method, String path, String type, byte[] body, int status) {
        Reply refused = registrations
                .oauth()
                .send(HttpRequest.newBuilder(URI.create(registrations.endpoint() + path))
                        .header("Content-Type", type)
                        .method(method, HttpRequest.BodyPublishers.ofByteArray(body)));

        assertThat(refused.status()).as(refused.toString()).isEqualTo(status);
    }

    private void assertRefused(Object body, String error) {
        Reply refused = registrations.register(body, "http://localhost:8090");

        assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
        assertThat(refused.error()).isEqualTo(error);
        assertThat(refused.errorDescription()).isNotEmpty();
        assertThat(refused.headers().firstValue("Access-Control-Allow-Origin")).contains("http://localhost:8090");
    }

    @Test
    @Tries({"RFC7591-5-metadata", "LLM10"})
    void generated_bodies_never_break_the_server() throws Exception {
        Random random = new Random(7591);
        List<Object> values = Arrays.asList(
                null,
                1,
                1.5,
                true,
                "",
                "x",
                CALLBACK,
                "https://evil.example",
                "\u0000",
                "\ud800",
                "a".repeat(5000),
                List.of(),
                List.of(CALLBACK),
                List.of(1),
                Map.of(),
                Map.of("keys", List.of(Map.of("kty", "RSA"))),
                Map.of("keys", List.of(Map.of("kty", "RSA", "n", "AQAB", "e", "AQAB"))),
                "private_key_jwt",
                "none",
                List.of("authorization_code"),
                List.of("code"));
        List<String> members = List.of(
                "client_name",
                "redirect_uris",
                "grant_types",
                "response_types",
                "token_endpoint_auth_method",
                "scope",
                "application_type",
                "client_uri",
                "logo_uri",
                "tos_uri",
                "policy_uri",
                "software_id",
                "contacts",
                "jwks",
                "jwks_uri",
                "client_id",
                "unknown");
        List<Map<String, Object>> bodies = new ArrayList<>();
        for (int body = 0; body < Integer.getInteger("registrations.generated", 1000); body++) {
            Map<String, Object> metadata = publicClient("Generated " + body);
            for (int change = random.nextInt(4); change > 0; change--) {
                metadata.put(members.get(random.nextInt(members.size())), values.get(random.nextInt(values.size())));
            }
            bodies.add(metadata);
        }
        Set<String> admitted = ConcurrentHashMap.newKeySet();
        ExecutorService connections = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> sent = new ArrayList<>();
            for (Map<String, Object> metadata : bodies) {
                sent.add(connections.submit(() -> {
                    Reply reply = registrations.register(metadata);
                    if (reply.status() == 201) {
                        assertThat(reply.json().has("redirect_uris")).isTrue();
                        admitted.add(reply.get("client_id"));
                    } else {
                        // Chance makes good bodies and bad ones; RFC 7591 3.2.2 has these two errors for the bad ones.
                        assertThat(reply.status()).as(metadata + " " + reply).isEqualTo(400);
                        assertThat(reply.error()).isIn("invalid_redirect_uri", "invalid_client_metadata");
                    }
                }));
            }
            for (Future<?> future : sent) {
                future.get();
            }
        } finally {
            connections.shutdownNow();
        }
        assertThat(admitted).isNotEmpty();
        clients.addAll(admitted);
        // half-made clients would be there without having been answered
        assertThat(clientIds()).isEqualTo(clients);
    }

    /** The client ids of all clients, registered or not, in pages. */
    private Set<String> clientIds() {
        Set<String> ids = new HashSet<>();
        List<ClientRepresentation> page;
        int first = 0;
        do {
            page = registrations.admin().clients().findAll(null, null, null, first, 1000);
            page.forEach(client -> ids.add(client.getClientId()));
            first += page.size();
        } while (!page.isEmpty());
        return ids;
    }
}

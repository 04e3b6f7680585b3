package dev.keycloakmcp.registration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.decision.Decision;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientMetadataReaderTest {

    private static final Map<String, Object> RSA = Map.of("kty", "RSA", "n", "AQAB", "e", "AQAB");

    @Test
    void reads_every_member() {
        ClientMetadata metadata = read(Map.ofEntries(
                Map.entry("client_name", "A client"),
                Map.entry("redirect_uris", List.of("http://localhost/a", "http://localhost/b", "http://localhost/a")),
                Map.entry("grant_types", List.of("authorization_code")),
                Map.entry("response_types", List.of("code", "token")),
                Map.entry("token_endpoint_auth_method", "private_key_jwt"),
                Map.entry("dpop_bound_access_tokens", true),
                Map.entry("scope", "a  b a"),
                Map.entry("application_type", "native"),
                Map.entry("client_uri", "https://a.example"),
                Map.entry("logo_uri", "https://a.example/logo"),
                Map.entry("tos_uri", "https://a.example/tos"),
                Map.entry("policy_uri", "https://a.example/policy"),
                Map.entry("software_id", "id"),
                Map.entry("software_version", "1"),
                Map.entry("contacts", List.of("a@a.example")),
                Map.entry("jwks_uri", "https://a.example/jwks"),
                Map.entry("jwks", Map.of("keys", List.of(RSA))),
                Map.entry("client_id", "c"),
                Map.entry("client_secret", "s")));
        assertThat(metadata)
                .isEqualTo(new ClientMetadata(
                        Optional.of("A client"),
                        List.of("http://localhost/a", "http://localhost/b"),
                        List.of("authorization_code"),
                        List.of("code", "token"),
                        Optional.of("private_key_jwt"),
                        true,
                        List.of("a", "b"),
                        new SoftwareDescription(
                                Optional.of("native"),
                                Optional.of("https://a.example"),
                                Optional.of("https://a.example/logo"),
                                Optional.of("https://a.example/tos"),
                                Optional.of("https://a.example/policy"),
                                Optional.of("id"),
                                Optional.of("1"),
                                List.of("a@a.example")),
                        Optional.of("https://a.example/jwks"),
                        Optional.of(
                                Map.of("keys", List.of(Map.of("kty", "RSA", "n", "AQAB", "e", "AQAB", "use", "sig")))),
                        Optional.of("c"),
                        Optional.of("s")));
    }

    @Test
    void absent_null_and_empty_are_the_same() {
        ClientMetadata nothing = read(Map.of());
        Map<String, Object> nulls = new HashMap<>();
        Map<String, Object> empty = new HashMap<>();
        for (String member : List.of("client_name", "client_uri", "token_endpoint_auth_method", "scope", "client_id")) {
            nulls.put(member, null);
            empty.put(member, "");
        }
        for (String member : List.of("redirect_uris", "grant_types", "contacts")) {
            nulls.put(member, null);
            empty.put(member, List.of());
        }
        nulls.put("jwks", null);
        assertThat(read(nulls)).isEqualTo(nothing);
        assertThat(read(empty)).isEqualTo(nothing);
    }

    @Test
    void ignores_unknown_and_localised_members() {
        assertThat(read(Map.of(
                        "resource",
                        "https://mcp.example.com",
                        "unknown",
                        Map.of("nested", List.of(1, 2)),
                        "client_name#fr",
                        7,
                        "require_auth_time",
                        true)))
                .isEqualTo(read(Map.of()));
    }

    @Test
    void drops_links_that_are_no_text_or_too_long() {
        for (String member : List.of("client_uri", "logo_uri", "tos_uri", "policy_uri")) {
            for (Object value : List.of(
                    7,
                    true,
                    Map.of(),
                    List.of("https://a.example"),
                    "https://a.example/\n",
                    "https://a.example/" + "a".repeat(2048))) {
                assertThat(read(Map.of(member, value))).isEqualTo(read(Map.of()));
            }
        }
    }

    @Test
    void reads_true_and_false_also_as_texts() {
        assertThat(read(Map.of("dpop_bound_access_tokens", "true")).dpopBoundAccessTokens())
                .isTrue();
        assertThat(read(Map.of("dpop_bound_access_tokens", "false"))).isEqualTo(read(Map.of()));
        assertThat(read(Map.of("dpop_bound_access_tokens", ""))).isEqualTo(read(Map.of()));
        for (Object wrong : List.of("yes", 1, List.of(true), Map.of())) {
            refused(Map.of("dpop_bound_access_tokens", wrong), "metadata_malformed");
        }
    }

    @Test
    void a_client_may_leave_its_method_to_the_server() {
        Map<String, Object> named = Samples.request();
        Map<String, Object> unnamed = Samples.request();
        unnamed.remove("token_endpoint_auth_method");
        assertThat(read(named).withoutAuthMethod()).isEqualTo(read(unnamed));
    }

    @Test
    void takes_scope_as_a_string_or_an_array() {
        assertThat(read(Map.of("scope", List.of("a b", "c", "a"))).scopes()).containsExactly("a", "b", "c");
        assertThat(read(Map.of("scope", " a\tb ")).scopes()).containsExactly("a", "b");
        assertThat(read(Map.of("scope", "   ")).scopes()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "two\nlines",
                "a\u0000b",
                "a\u001bb",
                "a\u007fb",
                "right\u202eto left",
                "isolate\u2066x",
                "mark\u200ex",
                "arabic\u061cx",
                "zero\u200bwidth",
                "bom\ufeffx",
                "soft\u00adhyphen",
                "line\u2028x",
                "paragraph\u2029x",
                "half \ud800 pair",
                "private \ue000 use",
                "unassigned \uffff",
                "tag \udb40\udc41",
                "${client_account}",
                "a ${b",
            })
    void refuses_names_that_mislead(String name) {
        refused(Map.of("client_name", name), "client_name_not_allowed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Claude Code (a:b)",
                "客户端",
                "عميل",
                "Ünï çödé",
                "\ud83d\udc68\u200d\ud83d\udcbb",
                "$ {x}",
                "<script>alert(1)</script>",
                "O'Neill & \"Co\""
            })
    void takes_names_of_all_scripts(String name) {
        assertThat(read(Map.of("client_name", name)).clientName()).contains(name);
    }

    static Stream<Arguments> malformed() {
        String long256 = "a".repeat(256);
        return Stream.of(
                Arguments.of("name is a number", "client_name", 7),
                Arguments.of("name is an object", "client_name", Map.of()),
                Arguments.of("name is a list", "client_name", List.of("a")),
                Arguments.of("name is a boolean", "client_name", true),
                Arguments.of("name is too long", "client_name", long256),
                Arguments.of("grant types are a string", "grant_types", "authorization_code"),
                Arguments.of("grant types hold a number", "grant_types", List.of(1)),
                Arguments.of("grant types hold a null", "grant_types", Collections.singletonList(null)),
                Arguments.of("too many grant types", "grant_types", Collections.nCopies(201, "a")),
                Arguments.of("a grant type is too long", "grant_types", List.of(long256)),
                Arguments.of("response types are an object", "response_types", Map.of("a", 1)),
                Arguments.of("auth method is a list", "token_endpoint_auth_method", List.of("none")),
                Arguments.of("scope is a number", "scope", 1),
                Arguments.of("scope is an object", "scope", Map.of()),
                Arguments.of("scope holds a number", "scope", List.of("a", 1)),
                Arguments.of("application type is a boolean", "application_type", true),
                Arguments.of("software_id is too long", "software_id", long256),
                Arguments.of("software_id is bidirectional", "software_id", "a\u202eb"),
                Arguments.of("software_version is a number", "software_version", 1),
                Arguments.of("contacts are a string", "contacts", "a@a.example"),
                Arguments.of("contacts are too many", "contacts", Collections.nCopies(11, "a")),
                Arguments.of("contacts are bidirectional", "contacts", List.of("a\u202eb")),
                Arguments.of("contacts hold a list", "contacts", List.of(List.of())),
                Arguments.of("jwks_uri is an object", "jwks_uri", Map.of()),
                Arguments.of("client_id is a number", "client_id", 1),
                Arguments.of("client_secret is a list", "client_secret", List.of()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void malformed(String name, String member, Object value) {
        refused(Map.of(member, value), "metadata_malformed");
    }

    static Stream<Arguments> malformed_redirects() {
        return Stream.of(
                Arguments.of("a string", "http://localhost/cb"),
                Arguments.of("an object", Map.of("0", "http://localhost/cb")),
                Arguments.of("numbers", List.of(1)),
                Arguments.of("a null", Arrays.asList("http://localhost/cb", null)),
                Arguments.of("nested lists", List.of(List.of("http://localhost/cb"))),
                Arguments.of("too many", Collections.nCopies(21, "http://localhost/cb")),
                Arguments.of("far too long", List.of("http://localhost/" + "a".repeat(2000))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void malformed_redirects(String name, Object value) {
        refused(Map.of("redirect_uris", value), "redirect_uri_malformed");
    }

    static Stream<Arguments> bad_keys() {
        return Stream.of(
                Arguments.of("a string", "keys"),
                Arguments.of("a list", List.of(RSA)),
                Arguments.of("no keys", Map.of()),
                Arguments.of("keys are an object", Map.of("keys", Map.of())),
                Arguments.of("keys are empty", Map.of("keys", List.of())),
                Arguments.of("too many keys", Map.of("keys", Collections.nCopies(11, RSA))),
                Arguments.of("a key is a string", keys("a")),
                Arguments.of("no kty", keys(Map.of("n", "AQAB"))),
                Arguments.of("kty is a number", keys(Map.of("kty", 1))),
                Arguments.of("unknown kty", keys(Map.of("kty", "XYZ"))),
                Arguments.of("symmetric", keys(Map.of("kty", "oct", "k", "AQAB"))),
                Arguments.of("private", keys(Map.of("kty", "RSA", "n", "AQAB", "e", "AQAB", "d", "AQAB"))),
                Arguments.of("no modulus", keys(Map.of("kty", "RSA", "e", "AQAB"))),
                Arguments.of("modulus is no base64url", keys(Map.of("kty", "RSA", "n", "A+/=", "e", "AQAB"))),
                Arguments.of("modulus is too long", keys(Map.of("kty", "RSA", "n", "A".repeat(2049), "e", "AQAB"))),
                Arguments.of("exponent is a number", keys(Map.of("kty", "RSA", "n", "AQAB", "e", 65537))),
                Arguments.of("no curve", keys(Map.of("kty", "EC", "x", "AQAB", "y", "AQAB"))),
                Arguments.of("unknown curve", keys(Map.of("kty", "EC", "crv", "P-1", "x", "AQAB", "y", "AQAB"))),
                Arguments.of("no y", keys(Map.of("kty", "EC", "crv", "P-256", "x", "AQAB"))),
                Arguments.of("kid is a number", keys(Map.of("kty", "RSA", "n", "AQAB", "e", "AQAB", "kid", 1))),
                Arguments.of(
                        "kid is too long",
                        keys(Map.of("kty", "RSA", "n", "AQAB", "e", "AQAB", "kid", "a".repeat(256)))),
                Arguments.of("kid lies", keys(Map.of("kty", "RSA", "n", "AQAB", "e", "AQAB", "kid", "\u202e"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void bad_keys(String name, Object jwks) {
        refused(Map.of("jwks", jwks), "client_keys_not_allowed");
    }

    @Test
    void keeps_of_keys_what_identifies_them() {
        Map<String, Object> ec = Map.of(
                "kty",
                "EC",
                "crv",
                "P-256",
                "x",
                "AQAB",
                "y",
                "AQAB",
                "use",
                "enc",
                "alg",
                "ES256",
                "kid",
                "1",
                "x5c",
                List.of("a"));
        Map<String, Object> okp = Map.of("kty", "OKP", "crv", "Ed25519", "x", "AQAB");
        assertThat(read(Map.of("jwks", Map.of("keys", List.of(ec, okp)))).jwks())
                .contains(Map.of(
                        "keys",
                        List.of(
                                Map.of(
                                        "kty", "EC", "crv", "P-256", "x", "AQAB", "y", "AQAB", "use", "enc", "alg",
                                        "ES256", "kid", "1"),
                                Map.of("kty", "OKP", "crv", "Ed25519", "x", "AQAB", "use", "sig"))));
    }

    @Test
    void sizes_are_inclusive() {
        assertThat(read(Map.of("client_name", "a".repeat(255))).clientName()).isPresent();
        assertThat(read(Map.of("contacts", List.of("1", "2", "3", "4", "5", "6", "7", "8", "9", "10")))
                        .description()
                        .contacts())
                .hasSize(10);
    }

    private static Map<String, Object> keys(Object key) {
        return Map.of("keys", List.of(key));
    }

    private static ClientMetadata read(Map<String, ?> members) {
        Decision<ClientMetadata> decision = ClientMetadataReader.read(members);
        assertThat(decision).isInstanceOf(Decision.Allow.class);
        return ((Decision.Allow<ClientMetadata>) decision).value();
    }

    private static void refused(Map<String, ?> members, String reason) {
        Decision<ClientMetadata> decision = ClientMetadataReader.read(members);
        assertThat(decision).isInstanceOf(Decision.Deny.class);
        assertThat(decision.reason().code()).isEqualTo(reason);
    }
}

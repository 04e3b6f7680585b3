package dev.keycloakmcp.registration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.HostileValues;
import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentRuleTest {

    private static final DocumentUrl URL =
            DocumentUrl.parse("https://app.example/client.json").orElseThrow();

    /** Nothing but the defaults: no host is allowed. */
    private static final RegistrationPolicy DEFAULTS = new RegistrationSettings(key -> null).policy();

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiterString = " | ",
            value = {
                "claude | none | https://claude.ai/api/mcp/auth_callback | authorization_code refresh_token | false",
                "claude-code | none | http://localhost/callback http://127.0.0.1/callback | authorization_code refresh_token | true",
                "chatgpt | private_key_jwt | https://chatgpt.com/connector_platform_oauth_redirect | authorization_code refresh_token | false",
                "vscode | none | http://127.0.0.1/ https://vscode.dev/redirect | authorization_code refresh_token | false",
                "opencode | none | http://127.0.0.1/callback http://localhost/callback | authorization_code refresh_token | true",
                "goose | none | http://localhost/oauth_callback | authorization_code | true",
                "grok | none | https://grok.com/mcp/oauth/callback | authorization_code refresh_token | false",
                "sdk | private_key_jwt | https://mesh.example.com:8443/callback | authorization_code refresh_token | false",
            })
    void published_documents_are_taken_with_nothing_configured(
            String name, String method, String redirects, String grants, boolean loopback) throws IOException {
        Map<String, Object> members = published(name);
        DocumentUrl url = DocumentUrl.parse((String) members.get("client_id")).orElseThrow();
        Registration client = taken(decide(url, members, DEFAULTS));
        assertThat(client.name()).isPresent();
        assertThat(client.authMethod().value()).isEqualTo(method);
        assertThat(client.heldToMethod()).isTrue();
        assertThat(client.redirectUris().stream().map(RedirectUri::stored)).containsExactly(redirects.split(" "));
        assertThat(client.grantTypes()).containsExactly(grants.split(" "));
        assertThat(client.consentRequired()).isTrue();
        assertThat(DocumentRule.isLoopbackOnly(client)).isEqualTo(loopback);
    }

    @Test
    void another_host_that_the_administrator_allows_is_kept() throws IOException {
        DocumentUrl url =
                DocumentUrl.parse("https://grok.com/oauth/mcp-client.json").orElseThrow();
        RegistrationPolicy policy = new RegistrationSettings(
                        key -> key.equals("https-redirect-hosts") ? List.of("console.x.ai") : null)
                .policy();
        assertThat(taken(decide(url, published("grok"), policy)).redirectUris().stream()
                        .map(RedirectUri::stored))
                .containsExactly("https://grok.com/mcp/oauth/callback", "https://console.x.ai/mcp/oauth/callback");
    }

    @Test
    void the_document_names_its_own_url_to_the_letter() {
        for (Object other : new Object[] {
            null,
            "",
            "https://app.example/client.json/",
            "https://app.example:443/client.json",
            "https://App.example/client.json",
            "HTTPS://app.example/client.json",
            "https://app.example/client%2ejson",
            "https://evil.example/client.json",
            List.of(URL.text()),
            7
        }) {
            assertThat(decide(document("client_id", other)).reason())
                    .as("%s", other)
                    .isEqualTo(ReasonCode.CLIENT_IDENTITY_MISMATCH);
        }
    }

    @ParameterizedTest
    @CsvSource({"client_secret, s3cret", "client_secret, ''", "client_secret_expires_at, 0"})
    void a_document_with_a_secret_is_refused(String member, String value) {
        assertThat(decide(document(member, value)).reason()).isEqualTo(ReasonCode.AUTH_METHOD_NOT_ALLOWED);
    }

    @Test
    void a_null_is_no_secret() {
        assertThat(decide(document("client_secret", null)).reason()).isEqualTo(ReasonCode.OK);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "client_secret_basic",
                "client_secret_post",
                "client_secret_jwt",
                "tls_client_auth",
                "NONE",
                " none",
                "attest_jwt_client_auth"
            })
    void a_method_with_a_secret_or_unknown_is_refused(String method) {
        Map<String, Object> members = document("token_endpoint_auth_method", method);
        members.put("token_endpoint_auth_methods_supported", List.of("none"));
        assertThat(decide(members).reason()).isEqualTo(ReasonCode.AUTH_METHOD_NOT_ALLOWED);
    }

    @Test
    void a_method_that_is_no_text_is_refused() {
        assertThat(decide(document("token_endpoint_auth_method", List.of("none")))
                        .reason())
                .isEqualTo(ReasonCode.AUTH_METHOD_NOT_ALLOWED);
    }

    @ParameterizedTest(name = "{0}, keys {1}, confidential clients {2}")
    @CsvSource({
        "-, false, true, none",
        "-, true, true, private_key_jwt",
        "-, true, false, none",
        "none, false, true, none",
        "none, true, true, none",
        "none private_key_jwt, false, true, none",
        "none private_key_jwt, true, true, private_key_jwt",
        "none private_key_jwt, true, false, none",
        "client_secret_basic none, false, true, none",
        "client_secret_basic private_key_jwt, true, true, private_key_jwt",
        "client_secret_basic private_key_jwt, false, true, refused",
        "private_key_jwt, true, false, refused",
        "client_secret_basic, false, true, refused",
        "tls_client_auth, true, true, refused",
    })
    void without_a_method_it_follows_from_the_list_and_the_keys(
            String listed, boolean keys, boolean confidentialClients, String method) throws IOException {
        Map<String, Object> members = document();
        members.remove("token_endpoint_auth_method");
        if (!listed.equals("-")) {
            members.put("token_endpoint_auth_methods_supported", Arrays.asList(listed.split(" ")));
        }
        if (keys) {
            members.put("jwks", published("sdk").get("jwks"));
        }
        RegistrationPolicy policy = new RegistrationSettings(
                        key -> key.equals("confidential-clients") ? String.valueOf(confidentialClients) : null)
                .policy();
        Decision<Registration> decision = decide(URL, members, policy);
        assertThat(decision.allowed().map(client -> client.authMethod().value()).orElse("refused"))
                .isEqualTo(method);
    }

    @Test
    void a_list_of_methods_that_is_none_is_ignored() {
        Map<String, Object> members = document("token_endpoint_auth_methods_supported", "none");
        members.put("token_endpoint_auth_method", "");
        assertThat(taken(decide(members)).authMethod()).isEqualTo(AuthMethod.NONE);
        members.put("token_endpoint_auth_methods_supported", List.of());
        assertThat(taken(decide(members)).authMethod()).isEqualTo(AuthMethod.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
    void a_private_or_shared_key_is_refused(String parameter) {
        Map<String, Object> key = new LinkedHashMap<>(Map.of("kty", "EC", "crv", "P-256", "x", "AA", "y", "AA"));
        key.put(parameter, "AA");
        assertThat(decide(document("jwks", Map.of("keys", List.of(key)))).reason())
                .isEqualTo(ReasonCode.CLIENT_KEYS_NOT_ALLOWED);
    }

    @Test
    void keys_are_fetched_from_the_host_of_the_document_or_an_allowed_one() {
        Map<String, Object> members = document("token_endpoint_auth_method", "private_key_jwt");
        members.put("jwks_uri", "https://app.example/keys");
        assertThat(taken(decide(members)).keys().jwksUri()).contains("https://app.example/keys");
        for (String elsewhere : List.of(
                "https://keys.example/keys",
                "https://app.example:8443/keys",
                "http://app.example/keys",
                "https://localhost/keys",
                "file:///etc/passwd")) {
            members.put("jwks_uri", elsewhere);
            assertThat(decide(members).reason()).as(elsewhere).isEqualTo(ReasonCode.CLIENT_KEYS_NOT_ALLOWED);
        }
    }

    @Test
    void redirects_that_are_not_allowed_here_are_left_out_where_others_remain() {
        Map<String, Object> members = document(
                "redirect_uris",
                List.of(
                        "https://elsewhere.example/callback",
                        "cursor://callback",
                        "http://localhost/callback",
                        "http://192.168.0.1/callback",
                        "https://app.example/callback"));
        assertThat(taken(decide(members)).redirectUris().stream().map(RedirectUri::stored))
                .containsExactly("http://localhost/callback", "https://app.example/callback");
    }

    @Test
    void where_none_is_allowed_the_document_is_refused() {
        assertThat(decide(document("redirect_uris", List.of("https://elsewhere.example/callback")))
                        .reason())
                .isEqualTo(ReasonCode.REDIRECT_HOST_NOT_ALLOWED);
        assertThat(decide(document("redirect_uris", List.of())).reason()).isEqualTo(ReasonCode.REDIRECT_URI_MISSING);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://app.example/*",
                "https://app.example/callback#x",
                "https://app.example/a/../callback",
                "https://user@app.example/callback",
                "https://app.example/callback?code=x",
                "javascript:alert(1)"
            })
    void a_redirect_that_nobody_should_take_refuses_the_document(String hostile) {
        Decision<Registration> decision =
                decide(document("redirect_uris", List.of("https://app.example/callback", hostile)));
        if (hostile.startsWith("javascript")) {
            assertThat(taken(decision).redirectUris()).hasSize(1);
        } else {
            assertThat(decision.reason()).isEqualTo(ReasonCode.REDIRECT_URI_MALFORMED);
        }
    }

    @Test
    void another_port_of_its_host_is_another_place() {
        assertThat(decide(document("redirect_uris", List.of("https://app.example:8443/callback")))
                        .reason())
                .isEqualTo(ReasonCode.REDIRECT_HOST_NOT_ALLOWED);
    }

    @Test
    void it_gets_no_more_than_registered_clients_do() {
        Map<String, Object> members = document(
                "grant_types", List.of("authorization_code", "client_credentials", "password", "implicit", "x"));
        members.put("response_types", List.of("code", "token", "id_token"));
        members.put("scope", "openid mcp:read admin");
        members.put("logo_uri", "javascript:alert(1)");
        Registration client = taken(decide(members));
        assertThat(client.grantTypes()).containsExactly("authorization_code");
        assertThat(client.requestedScopes()).containsExactly("openid", "mcp:read");
        assertThat(client.description().logoUri()).isEmpty();
        assertThat(decide(document("client_name", "\u202eevil")).reason())
                .isEqualTo(ReasonCode.CLIENT_NAME_NOT_ALLOWED);
        assertThat(decide(document("grant_types", List.of("client_credentials")))
                        .reason())
                .isEqualTo(ReasonCode.GRANT_TYPE_NOT_ALLOWED);
    }

    @Test
    void only_loopback_redirects_are_loopback() {
        assertThat(loopbackOnly("http://localhost/callback", "http://127.0.0.1:8090", "http://[::1]?a=b"))
                .isTrue();
        assertThat(loopbackOnly("http://localhost/callback", "https://app.example/callback"))
                .isFalse();
        for (String other : List.of("http://localhost.example/", "http://127.0.0.10/", "http://localhost@x/")) {
            assertThat(RedirectUri.isLoopback(other)).as(other).isFalse();
        }
    }

    private static boolean loopbackOnly(String... redirects) {
        return DocumentRule.isLoopbackOnly(taken(decide(document("redirect_uris", Arrays.asList(redirects)))));
    }

    @Provide
    Arbitrary<Map<String, Object>> objects() {
        return HostileValues.objects();
    }

    @Property
    void whatever_a_document_holds_it_is_decided_within_the_policy(@ForAll("objects") Map<String, Object> sent) {
        Map<String, Object> members = document();
        members.putAll(sent);
        members.put("client_id", URL.text());
        Decision<Registration> decision = decide(members);
        decision.denied().ifPresent(deny -> {
            assertThat(deny.reason().error()).isIn("invalid_redirect_uri", "invalid_client_metadata");
            assertThat(deny.detail()).matches("[\\x20-\\x7e&&[^\"\\\\]]{1,600}");
        });
        decision.allowed().ifPresent(client -> {
            assertThat(client.grantTypes()).isSubsetOf("authorization_code", "refresh_token");
            assertThat(client.authMethod()).isIn(AuthMethod.NONE, AuthMethod.PRIVATE_KEY_JWT);
            assertThat(client.redirectUris()).isNotEmpty().allSatisfy(uri -> assertThat(uri.stored())
                    .matches("(http://(localhost|127\\.0\\.0\\.1|\\[::1])|https://app\\.example).*"));
        });
    }

    private static Map<String, Object> document() {
        Map<String, Object> members = Samples.request();
        members.put("client_id", URL.text());
        return members;
    }

    private static Map<String, Object> document(String member, Object value) {
        Map<String, Object> members = document();
        members.put(member, value);
        return members;
    }

    private static Decision<Registration> decide(Map<String, ?> members) {
        return decide(URL, members, DEFAULTS);
    }

    private static Decision<Registration> decide(DocumentUrl url, Map<String, ?> members, RegistrationPolicy policy) {
        return new DocumentRule(policy, new AvailableScopes(Set.of("basic"), Set.of("mcp:read", "mcp:write")))
                .decide(url, members);
    }

    private static Registration taken(Decision<Registration> decision) {
        Optional<Registration> client = decision.allowed();
        assertThat(client).as("%s", decision).isPresent();
        return client.orElseThrow();
    }

    private static Map<String, Object> published(String name) throws IOException {
        try (InputStream document = DocumentRuleTest.class.getResourceAsStream("documents/" + name + ".json")) {
            return new ObjectMapper().readValue(document, new TypeReference<>() {});
        }
    }
}

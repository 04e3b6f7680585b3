package dev.keycloakmcp.registration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RegistrationIdentityTest {

    private static final Map<String, Object> KEY = Map.of("kty", "RSA", "n", "AQAB", "e", "AQAB");

    @Test
    void the_same_metadata_is_the_same_client() {
        assertThat(id(Samples.request())).isEqualTo(id(Samples.request()));
        assertThat(UUID.fromString(id(Samples.request()))).hasToString(id(Samples.request()));
    }

    @Test
    void order_repetition_and_what_is_dropped_do_not_count() {
        Map<String, Object> one = Samples.request("scope", "mcp:read mcp:write unknown");
        one.put("redirect_uris", List.of("http://localhost/a", "http://localhost/b"));
        one.put("grant_types", List.of("authorization_code", "refresh_token", "password"));
        one.put("jwks", Map.of("keys", List.of(KEY)));
        Map<String, Object> other = Samples.request("scope", List.of("mcp:write", "mcp:read"));
        other.put("redirect_uris", List.of("http://localhost/b", "http://localhost/a", "http://localhost/a"));
        other.put("grant_types", List.of("refresh_token", "authorization_code"));
        other.put("jwks", Map.of("keys", List.of(Map.of("e", "AQAB", "n", "AQAB", "kty", "RSA", "use", "sig"))));
        other.put("unknown", 1);
        assertThat(id(one)).isEqualTo(id(other));
    }

    @Test
    void the_port_of_a_loopback_redirect_counts_for_browsers_only() {
        Map<String, Object> one = Samples.request("redirect_uris", List.of("http://localhost:1/cb"));
        Map<String, Object> other = Samples.request("redirect_uris", List.of("http://localhost:2/cb"));
        assertThat(id(one)).isEqualTo(id(other));
        assertThat(id(one, "http://localhost:1")).isNotEqualTo(id(other, "http://localhost:1"));
        assertThat(id(one, "http://localhost:1")).isNotEqualTo(id(one));
    }

    static Stream<Arguments> others() {
        return Stream.of(
                Arguments.of("client_name", "Another"),
                Arguments.of("redirect_uris", List.of("http://localhost/other")),
                Arguments.of("redirect_uris", List.of("http://localhost:8090/callback", "http://localhost/other")),
                Arguments.of("redirect_uris", List.of("http://127.0.0.1:8090/callback")),
                Arguments.of("grant_types", List.of("authorization_code", "refresh_token")),
                Arguments.of("scope", "mcp:read"),
                Arguments.of("application_type", "native"),
                Arguments.of("client_uri", "https://a.example"),
                Arguments.of("logo_uri", "https://a.example"),
                Arguments.of("tos_uri", "https://a.example"),
                Arguments.of("policy_uri", "https://a.example"),
                Arguments.of("software_id", "https://a.example"),
                Arguments.of("software_version", "https://a.example"),
                Arguments.of("dpop_bound_access_tokens", true),
                Arguments.of("contacts", List.of("a@a.example")),
                Arguments.of("jwks", Map.of("keys", List.of(KEY))),
                Arguments.of("jwks_uri", "https://claude.ai/jwks"),
                Arguments.of("token_endpoint_auth_method", "client_secret_post"));
    }

    @ParameterizedTest
    @MethodSource("others")
    void every_member_counts(String member, Object value) {
        assertThat(id(Samples.request(member, value))).isNotEqualTo(id(Samples.request()));
    }

    @Test
    void realm_kind_attempt_and_consent_count() {
        Registration registration = Samples.admitted(Samples.request());
        RegistrationPolicy noConsent = new RegistrationPolicy(
                Samples.REDIRECTS,
                Samples.POLICY.allowedGrantTypes(),
                true,
                List.of(),
                Optional.empty(),
                Samples.POLICY.extraScopes(),
                false);
        assertThat(Stream.of(
                        RegistrationIdentity.clientId("r", "k", registration, Optional.empty(), 0),
                        RegistrationIdentity.clientId("q", "k", registration, Optional.empty(), 0),
                        RegistrationIdentity.clientId("r", "l", registration, Optional.empty(), 0),
                        RegistrationIdentity.clientId("r", "k", registration, Optional.empty(), 1),
                        RegistrationIdentity.clientId(
                                "r", "k", Samples.admitted(Samples.request(), noConsent), Optional.empty(), 0)))
                .doesNotHaveDuplicates();
    }

    private static String id(Map<String, Object> request) {
        return RegistrationIdentity.clientId("realm", "anonymous", Samples.admitted(request), Optional.empty(), 0);
    }

    private static String id(Map<String, Object> request, String origin) {
        return RegistrationIdentity.clientId("realm", "anonymous", Samples.admitted(request), Optional.of(origin), 0);
    }
}

package dev.keycloakmcp.registration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.decision.Decision;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistrationRuleTest {

    private static final Map<String, Object> KEYS =
            Map.of("keys", List.of(Map.of("kty", "RSA", "n", "AQAB", "e", "AQAB")));

    @Test
    void the_smallest_request_comes_to_a_public_client_with_all_scopes_to_ask_for() {
        assertThat(Samples.admitted(Samples.request()))
                .isEqualTo(new Registration(
                        Optional.of("A client"),
                        List.of(new RedirectUri(
                                "http://localhost:8090/callback",
                                "http://localhost/callback",
                                Optional.of("http://localhost:8090"))),
                        List.of("authorization_code"),
                        AuthMethod.NONE,
                        true,
                        false,
                        List.of(),
                        Samples.SCOPES,
                        true,
                        new SoftwareDescription(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                List.of()),
                        new Registration.Keys(Optional.empty(), Optional.empty())));
    }

    @Test
    void keeps_what_describes_the_client() {
        Map<String, Object> request = Samples.request();
        request.put("application_type", "native");
        request.put("client_uri", "https://a.example");
        request.put("logo_uri", "https://a.example/logo");
        request.put("tos_uri", "https://a.example/tos");
        request.put("policy_uri", "https://a.example/policy");
        request.put("software_id", "id");
        request.put("software_version", "1");
        request.put("contacts", List.of("a@a.example"));
        Registration registration = Samples.admitted(request);
        assertThat(registration.description().applicationType()).contains("native");
        assertThat(registration.description().clientUri()).contains("https://a.example");
        assertThat(registration.description().logoUri()).contains("https://a.example/logo");
        assertThat(registration.description().tosUri()).contains("https://a.example/tos");
        assertThat(registration.description().policyUri()).contains("https://a.example/policy");
        assertThat(registration.description().softwareId()).contains("id");
        assertThat(registration.description().softwareVersion()).contains("1");
        assertThat(registration.description().contacts()).containsExactly("a@a.example");
    }

    @Test
    void drops_grant_types_that_are_not_granted() {
        Registration registration = Samples.admitted(Samples.request(
                "grant_types",
                List.of("client_credentials", "refresh_token", "password", "authorization_code", "implicit")));
        assertThat(registration.grantTypes()).containsExactly("authorization_code", "refresh_token");
        assertThat(registration.refreshes()).isTrue();
        assertThat(Samples.admitted(Samples.request()).refreshes()).isFalse();
        RegistrationPolicy noRefresh = policy(Set.of("authorization_code"), true, true);
        assertThat(Samples.admitted(
                                Samples.request("grant_types", List.of("authorization_code", "refresh_token")),
                                noRefresh)
                        .grantTypes())
                .containsExactly("authorization_code");
    }

    static Stream<List<String>> unusable_grant_types() {
        return Stream.of(
                List.of("client_credentials"),
                List.of("refresh_token"),
                List.of("password", "implicit"),
                List.of("urn:ietf:params:oauth:grant-type:device_code"),
                List.of("urn:openid:params:grant-type:ciba"),
                List.of("urn:ietf:params:oauth:grant-type:token-exchange"),
                List.of("AUTHORIZATION_CODE"));
    }

    @ParameterizedTest
    @MethodSource
    void unusable_grant_types(List<String> grantTypes) {
        refused(Samples.request("grant_types", grantTypes), Samples.POLICY, "grant_type_not_allowed");
    }

    @Test
    void devices_are_granted_what_they_ask_for_where_the_policy_allows_it() {
        String device = "urn:ietf:params:oauth:grant-type:device_code";
        Map<String, Object> request =
                Samples.request("grant_types", List.of(device, "refresh_token", "authorization_code"));
        assertThat(Samples.admitted(request).grantTypes()).containsExactly("authorization_code", "refresh_token");
        RegistrationPolicy policy = policy(Set.of("authorization_code", "refresh_token", device), true, true);
        assertThat(Samples.admitted(request, policy).grantTypes())
                .containsExactly("authorization_code", "refresh_token", device);
        assertThat(Samples.admitted(Samples.request(), policy).grantTypes()).containsExactly("authorization_code");
        refused(Samples.request("grant_types", List.of(device)), policy, "grant_type_not_allowed");
    }

    @Test
    void nobody_registers_where_the_code_grant_is_off() {
        refused(Samples.request(), policy(Set.of("refresh_token"), true, true), "grant_type_not_allowed");
    }

    @Test
    void drops_response_types_but_code() {
        assertThat(Samples.admitted(Samples.request("response_types", List.of("code token", "code", "none"))))
                .isEqualTo(Samples.admitted(Samples.request()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"token", "id_token", "code token", "code id_token", "none", "CODE"})
    void refuses_response_types_without_code(String responseType) {
        refused(Samples.request("response_types", List.of(responseType)), Samples.POLICY, "response_type_not_usable");
    }

    @ParameterizedTest
    @ValueSource(strings = {"client_secret_basic", "client_secret_post"})
    void takes_secrets_where_clients_may_be_confidential(String method) {
        Map<String, Object> request = Samples.request("token_endpoint_auth_method", method);
        assertThat(Samples.admitted(request).authMethod().value()).isEqualTo(method);
        assertThat(Samples.admitted(request).heldToMethod()).isTrue();
        assertThat(Samples.admitted(request).authMethod().isPublic()).isFalse();
        refused(request, policy(Set.of("authorization_code"), false, true), "auth_method_not_allowed");
    }

    @Test
    void no_method_means_basic_or_where_clients_are_public_none() {
        Map<String, Object> request = Samples.request();
        request.remove("token_endpoint_auth_method");
        assertThat(Samples.admitted(request).authMethod()).isEqualTo(AuthMethod.CLIENT_SECRET_BASIC);
        AuthMethod method = Samples.admitted(request, policy(Set.of("authorization_code"), false, true))
                .authMethod();
        assertThat(method).isEqualTo(AuthMethod.NONE);
        assertThat(Samples.admitted(request).heldToMethod()).isFalse();
        assertThat(method.isPublic()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "client_secret_jwt",
                "tls_client_auth",
                "self_signed_tls_client_auth",
                "NONE",
                "attest_jwt_client_auth",
                "x"
            })
    void refuses_other_methods(String method) {
        refused(Samples.request("token_endpoint_auth_method", method), Samples.POLICY, "auth_method_not_allowed");
    }

    @Test
    void private_keys_need_public_ones() {
        Map<String, Object> request = Samples.request("token_endpoint_auth_method", "private_key_jwt");
        refused(request, Samples.POLICY, "client_keys_not_allowed");
        request.put("jwks", KEYS);
        assertThat(Samples.admitted(request).keys().jwks()).isPresent();
        assertThat(Samples.admitted(request).keys().isEmpty()).isFalse();
        request.put("jwks_uri", "https://claude.ai/jwks");
        refused(request, Samples.POLICY, "client_keys_not_allowed");
        request.remove("jwks");
        assertThat(Samples.admitted(request).keys().jwksUri()).contains("https://claude.ai/jwks");
        assertThat(Samples.admitted(request).keys().isEmpty()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://claude.ai/jwks",
                "https://evil.example/jwks",
                "https://169.254.169.254/latest",
                "https://localhost/jwks",
                "https://user@claude.ai/jwks",
                "https://claude.ai:9000/jwks",
                "file:///etc/passwd",
                "jwks",
                "https://claude.ai/ jwks",
            })
    void keys_are_fetched_from_allowed_hosts_only(String uri) {
        refused(Samples.request("jwks_uri", uri), Samples.POLICY, "client_keys_not_allowed");
    }

    static Stream<Arguments> bad_urls() {
        return Stream.of("client_uri", "logo_uri", "tos_uri", "policy_uri").flatMap(member -> Stream.of(
                        "http://a.example",
                        "javascript:alert(1)",
                        "data:image/png,x",
                        "file:///etc/passwd",
                        "https://user@a.example",
                        "https:///a",
                        "https:a.example",
                        "//a.example",
                        "a.example",
                        "https://caf\u00e9.example",
                        "https://a.example/\u3002",
                        "https://a.example/<x>",
                        "HTTPS://a.example")
                .map(url -> Arguments.of(member, url)));
    }

    @ParameterizedTest
    @MethodSource("bad_urls")
    void links_that_cannot_be_shown_are_dropped(String member, String url) {
        assertThat(Samples.admitted(Samples.request(member, url))).isEqualTo(Samples.admitted(Samples.request()));
    }

    @Test
    void scopes_that_cannot_be_granted_are_dropped() {
        assertThat(Samples.admitted(Samples.request("scope", "openid mcp:read admin profile"))
                        .requestedScopes())
                .containsExactly("openid", "mcp:read", "profile");
        assertThat(Samples.admitted(Samples.request("scope", "admin other")))
                .isEqualTo(Samples.admitted(Samples.request()));
        assertThat(Samples.admitted(Samples.request("scope", "")).requestedScopes())
                .isEmpty();
    }

    @Test
    void tokens_are_bound_to_a_key_where_the_client_says_so() {
        assertThat(Samples.admitted(Samples.request("dpop_bound_access_tokens", true))
                        .dpopBound())
                .isTrue();
        assertThat(Samples.admitted(Samples.request("dpop_bound_access_tokens", false))
                        .dpopBound())
                .isFalse();
    }

    @Test
    void one_bad_redirect_refuses_all() {
        refused(
                Samples.request("redirect_uris", List.of("http://localhost/cb", "https://evil.example/cb")),
                Samples.POLICY,
                "redirect_host_not_allowed");
        refused(Samples.request("redirect_uris", List.of()), Samples.POLICY, "redirect_uri_missing");
        assertThat(Samples.admitted(Samples.request("redirect_uris", List.of("http://localhost:1/cb", "cursor:/cb")))
                        .redirectUris())
                .extracting(RedirectUri::stored)
                .containsExactly("http://localhost/cb", "cursor:/cb");
    }

    @Test
    void application_type_is_native_or_web() {
        assertThat(Samples.admitted(Samples.request("application_type", "web"))
                        .description()
                        .applicationType())
                .contains("web");
        refused(Samples.request("application_type", "service"), Samples.POLICY, "metadata_malformed");
    }

    @Test
    void consent_is_as_configured() {
        assertThat(Samples.admitted(Samples.request(), policy(Set.of("authorization_code"), true, false))
                        .consentRequired())
                .isFalse();
    }

    private static RegistrationPolicy policy(Set<String> grantTypes, boolean confidential, boolean consent) {
        return new RegistrationPolicy(
                Samples.REDIRECTS,
                grantTypes,
                confidential,
                List.of(),
                Optional.empty(),
                Set.of("offline_access"),
                consent);
    }

    private static void refused(Map<String, ?> request, RegistrationPolicy policy, String reason) {
        Decision<Registration> decision = Samples.decide(request, policy);
        assertThat(decision).isInstanceOf(Decision.Deny.class);
        assertThat(decision.reason().code()).isEqualTo(reason);
        assertThat(((Decision.Deny<Registration>) decision).detail()).matches("[\\x20-\\x7e&&[^\"\\\\]]+");
    }
}

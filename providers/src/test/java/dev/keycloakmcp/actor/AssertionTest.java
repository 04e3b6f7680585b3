package dev.keycloakmcp.actor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class AssertionTest {

    private static final Map<String, Object> CLAIMS =
            Map.of("iss", "https://issuer.example.com", "sub", "alice", "jti", "b0a3", "client_id", "agent");

    private static Decision<Optional<Set<String>>> redeem(@Nullable String type, Map<String, Object> claims) {
        return new Assertion(Optional.ofNullable(type), claims).redeem("agent", Set.of("agent", "other")::contains);
    }

    private static ReasonCode with(String claim, Object value) {
        Map<String, Object> claims = new HashMap<>(CLAIMS);
        claims.put(claim, value);
        return redeem("JWT", claims).reason();
    }

    private static Map<String, Object> withoutClient(Map<String, Object> more) {
        Map<String, Object> claims = new HashMap<>(CLAIMS);
        claims.remove("client_id");
        claims.putAll(more);
        return claims;
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "JWT",
                "jwt",
                "application/jwt",
                "oauth-id-jag+jwt",
                "Application/OAuth-ID-JAG+JWT",
                "authorization-grant+jwt"
            })
    void assertions_are_taken(String type) {
        assertThat(redeem(type, CLAIMS)).isEqualTo(Decision.allow(Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "at+jwt",
                "application/at+jwt",
                "logout+jwt",
                "secevent+jwt",
                "dpop+jwt",
                "token-introspection+jwt",
                "oauth-authz-req+jwt",
                "client-authentication+jwt",
                "application/application/jwt",
                "jwt ",
                "",
                "none"
            })
    void other_tokens_are_not(String type) {
        assertThat(redeem(type, CLAIMS).reason()).isEqualTo(ReasonCode.GRANT_ASSERTION_TYPE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ID", "Refresh", "Offline", "Logout", "Serialized-ID"})
    void nor_are_keycloaks_tokens_of_other_kinds(String type) {
        assertThat(with("typ", type)).isEqualTo(ReasonCode.GRANT_ASSERTION_TYPE);
        assertThat(with("typ", List.of("Bearer"))).isEqualTo(ReasonCode.GRANT_ASSERTION_TYPE);
        assertThat(with("typ", "Bearer")).isEqualTo(ReasonCode.OK);
        assertThat(with("typ", "DPoP")).isEqualTo(ReasonCode.OK);
        assertThat(with("typ", "JWT")).isEqualTo(ReasonCode.OK);
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonce", "at_hash", "c_hash", "s_hash", "events"})
    void nor_is_what_has_claims_of_an_id_token_or_a_security_event(String claim) {
        assertThat(with(claim, "x")).isEqualTo(ReasonCode.GRANT_ASSERTION_TYPE);
    }

    @Test
    void an_assertion_is_of_the_client_that_it_names() {
        assertThat(with("client_id", "other")).isEqualTo(ReasonCode.GRANT_ASSERTION_CLIENT);
        assertThat(with("client_id", "AGENT")).isEqualTo(ReasonCode.GRANT_ASSERTION_CLIENT);
        assertThat(with("client_id", List.of("agent"))).isEqualTo(ReasonCode.GRANT_ASSERTION_CLIENT);
        assertThat(with("azp", "other")).isEqualTo(ReasonCode.OK);
    }

    @Test
    void an_identity_assertion_has_to_name_a_client() {
        assertThat(redeem("oauth-id-jag+jwt", withoutClient(Map.of())).reason())
                .isEqualTo(ReasonCode.GRANT_ASSERTION_CLIENT);
        assertThat(redeem("application/Oauth-Id-Jag+jwt", withoutClient(Map.of()))
                        .reason())
                .isEqualTo(ReasonCode.GRANT_ASSERTION_CLIENT);
    }

    @Test
    void an_assertion_that_names_no_client_is_of_none_but_that_of_another_client_here() {
        assertThat(redeem("JWT", withoutClient(Map.of())).reason()).isEqualTo(ReasonCode.OK);
        assertThat(redeem("JWT", withoutClient(Map.of("azp", "agent"))).reason())
                .isEqualTo(ReasonCode.OK);
        assertThat(redeem("JWT", withoutClient(Map.of("azp", "at-the-issuer"))).reason())
                .isEqualTo(ReasonCode.OK);
        assertThat(redeem("JWT", withoutClient(Map.of("azp", "other"))).reason())
                .isEqualTo(ReasonCode.GRANT_ASSERTION_CLIENT);
    }

    @Test
    void a_lightweight_token_does_not_say_who_acts() {
        assertThat(with("jti", "onltac:4f6b")).isEqualTo(ReasonCode.DELEGATION_LAUNDERED);
        assertThat(with("jti", "onrtac:4f6b")).isEqualTo(ReasonCode.OK);
        assertThat(with("jti", "lt:4f6b")).isEqualTo(ReasonCode.OK);
    }

    @Test
    void the_scopes_of_an_assertion_bound_the_token() {
        Map<String, Object> claims = new HashMap<>(CLAIMS);
        claims.put("scope", "a  b");
        assertThat(redeem("JWT", claims)).isEqualTo(Decision.allow(Optional.of(Set.of("a", "b"))));
        claims.put("scope", "");
        assertThat(redeem("JWT", claims)).isEqualTo(Decision.allow(Optional.of(Set.of())));
        assertThat(with("scope", List.of("a"))).isEqualTo(ReasonCode.GRANT_ASSERTION_TYPE);
    }
}

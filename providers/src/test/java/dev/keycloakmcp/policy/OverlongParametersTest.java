package dev.keycloakmcp.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OverlongParametersTest {

    private static Optional<Decision.Deny<String>> refusal(Map<String, List<String>> sent, String... read) {
        return OverlongParameters.refusal(sent, Set.of(read));
    }

    @ParameterizedTest
    @CsvSource({
        "scope, invalid_scope, scope_too_long",
        "resource, invalid_target, resource_malformed",
        "audience, invalid_target, resource_malformed",
        "actor_token, invalid_request, actor_token_invalid",
        "actor_token_type, invalid_request, actor_token_type",
        "requested_token_type, invalid_request, exchange_token_type"
    })
    void what_was_dropped_is_refused_by_its_own_error(String name, String error, String reason) {
        Decision.Deny<String> refusal = refusal(Map.of(name, List.of("x"), "grant_type", List.of("x")), "grant_type")
                .orElseThrow();
        assertThat(refusal.reason().error()).isEqualTo(error);
        assertThat(refusal.reason().code()).isEqualTo(reason);
        assertThat(refusal.detail()).isEqualTo("The " + name + " parameter is longer than this server takes.");
    }

    @Test
    void what_is_there_or_was_sent_empty_or_is_unknown_is_no_reason() {
        assertThat(refusal(Map.of("scope", List.of("x")), "scope")).isEmpty();
        assertThat(refusal(Map.of("scope", List.of("", " ")))).isEmpty();
        assertThat(refusal(Map.of("state", List.of("x"), "code", List.of("x")))).isEmpty();
        assertThat(refusal(Map.of())).isEmpty();
    }

    @Test
    void one_of_several_values_is_enough() {
        assertThat(refusal(Map.of("resource", List.of("", "x"))).map(Decision.Deny::reason))
                .contains(ReasonCode.RESOURCE_MALFORMED);
    }
}

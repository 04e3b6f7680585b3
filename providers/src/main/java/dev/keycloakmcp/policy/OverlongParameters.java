package dev.keycloakmcp.policy;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Parameters that a client sent and Keycloak dropped, since they are longer than it takes: what nobody has must not become
 * everything, and what is too long to be read is not looked at any closer.
 */
public final class OverlongParameters {

    /** Those that bound what a token is for, or say who acts; of the others Keycloak says that they are missing. */
    private static final Map<String, ReasonCode> BOUNDING = bounding();

    private OverlongParameters() {}

    /**
     * The refusal of the first one.
     *
     * @param sent the parameters as sent
     * @param read names of those that are left
     */
    public static <T> Optional<Decision.Deny<T>> refusal(Map<String, List<String>> sent, Set<String> read) {
        return BOUNDING.entrySet().stream()
                .filter(parameter -> !read.contains(parameter.getKey()))
                .filter(parameter -> sent.getOrDefault(parameter.getKey(), List.of()).stream()
                        .anyMatch(value -> !value.isBlank()))
                .findFirst()
                .map(parameter -> new Decision.Deny<>(
                        parameter.getValue(),
                        "The " + parameter.getKey() + " parameter is longer than this server takes."));
    }

    private static Map<String, ReasonCode> bounding() {
        Map<String, ReasonCode> reasons = new LinkedHashMap<>();
        reasons.put("scope", ReasonCode.SCOPE_TOO_LONG);
        reasons.put("resource", ReasonCode.RESOURCE_MALFORMED);
        reasons.put("audience", ReasonCode.RESOURCE_MALFORMED);
        reasons.put("actor_token", ReasonCode.ACTOR_TOKEN_INVALID);
        reasons.put("actor_token_type", ReasonCode.ACTOR_TOKEN_TYPE);
        reasons.put("requested_token_type", ReasonCode.EXCHANGE_TOKEN_TYPE);
        return reasons;
    }
}

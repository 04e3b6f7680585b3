package dev.keycloakmcp.actor;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of a UMA request that may say who asks. Keycloak takes one of them and verifies it; it never looks at the others.
 *
 * @param sent all of them
 */
public record AskingTokens(List<String> sent) {

    private static final Set<String> TYPES = Set.of("Bearer", "DPoP", "ID");
    private static final String ID_TOKEN = "http://openid.net/specs/openid-connect-core-1_0.html#IDToken";

    public AskingTokens {
        sent = List.copyOf(sent);
    }

    /**
     * Finds them.
     *
     * @param bearer the token of the Authorization header, where its scheme is Bearer: Keycloak reads no other here
     * @param form the parameters of the request
     */
    public static AskingTokens of(Optional<String> bearer, Map<String, List<String>> form) {
        return new AskingTokens(Stream.of(
                        bearer.stream(),
                        isIdToken(form) ? values(form, "claim_token") : Stream.<String>of(),
                        values(form, "subject_token"))
                .flatMap(tokens -> tokens)
                .toList());
    }

    /**
     * True for the types of token that may ask. Keycloak takes others as well, such as refresh tokens, which do not say who
     * acts.
     *
     * @param type claim {@code typ}; null where there is none
     */
    public static boolean mayAsk(@Nullable String type) {
        return type != null && TYPES.contains(type);
    }

    /** True when it is not plain which of them says who asks. */
    public boolean areSeveral() {
        return sent.size() > 1;
    }

    /** The first; empty where the client that authenticates asks for itself. */
    public Optional<String> first() {
        return sent.stream().findFirst();
    }

    /** Of another format it holds claims, which are no token. An empty one Keycloak refuses. */
    private static boolean isIdToken(Map<String, List<String>> form) {
        return form.getOrDefault("claim_token_format", List.of()).stream()
                .findFirst()
                .map(ID_TOKEN::equalsIgnoreCase)
                .orElse(true);
    }

    /** A parameter without a value is absent (RFC 6749 section 3.2). */
    private static Stream<String> values(Map<String, List<String>> form, String name) {
        return form.getOrDefault(name, List.of()).stream().filter(value -> !value.isEmpty());
    }
}

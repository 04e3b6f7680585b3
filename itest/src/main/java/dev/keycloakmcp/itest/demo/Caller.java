package dev.keycloakmcp.itest.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whom a protected resource sees: the claims of an access token that it has verified for itself.
 *
 * @param token the token as it came
 * @param claims its claims
 */
record Caller(String token, Map<String, Object> claims) {

    /** For whom the request is made: a user, or an agent that acts as itself. */
    String subject() {
        return String.valueOf(claims.get("sub"));
    }

    Set<String> scopes() {
        String scope = claims.get("scope") instanceof String s ? s.strip() : "";
        return scope.isEmpty() ? Set.of() : Set.of(scope.split(" +"));
    }

    /** Who acts for the subject, by client id, the one who acts now first; empty when nobody does. */
    List<String> actors() {
        List<String> chain = new ArrayList<>();
        Object act = claims.get("act");
        while (act instanceof Map<?, ?> actor) {
            chain.add(String.valueOf(actor.get("client_id")));
            act = actor.get("act");
        }
        return chain;
    }
}

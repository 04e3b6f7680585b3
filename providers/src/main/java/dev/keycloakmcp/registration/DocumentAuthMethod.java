package dev.keycloakmcp.registration;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The way in which the client of a metadata document authenticates. There can be no secret, so that it is by a key or not at
 * all (draft section 4.1).
 */
final class DocumentAuthMethod {

    private static final String ONE = "token_endpoint_auth_method";
    private static final String SEVERAL = "token_endpoint_auth_methods_supported";

    private static final List<String> POSSIBLE = List.of(AuthMethod.PRIVATE_KEY_JWT.value(), AuthMethod.NONE.value());

    private DocumentAuthMethod() {}

    /**
     * The method that a document names, else the strongest of those that it lists, else by what it has.
     *
     * @param confidentialClients true when the realm takes clients that have credentials
     */
    static Decision<AuthMethod> of(Map<String, ?> members, boolean confidentialClients) {
        Object one = members.get(ONE);
        if (one != null && !"".equals(one)) {
            return named(one);
        }
        boolean keyed = confidentialClients && hasKeys(members);
        AuthMethod byKeys = keyed ? AuthMethod.PRIVATE_KEY_JWT : AuthMethod.NONE;
        @Nullable Object several = members.get(SEVERAL);
        if (!(several instanceof List<?> listed) || listed.isEmpty() || listed.contains(byKeys.value())) {
            return Decision.allow(byKeys);
        }
        return POSSIBLE.stream()
                .filter(listed::contains)
                .findFirst()
                .map(DocumentAuthMethod::named)
                .orElseGet(DocumentAuthMethod::refused);
    }

    private static Decision<AuthMethod> named(Object value) {
        return value instanceof String text && POSSIBLE.contains(text)
                ? AuthMethod.of(text).map(Decision::allow).orElseGet(DocumentAuthMethod::refused)
                : refused();
    }

    private static boolean hasKeys(Map<String, ?> members) {
        return members.get("jwks") != null || members.get("jwks_uri") != null;
    }

    private static Decision<AuthMethod> refused() {
        return Decision.deny(
                ReasonCode.AUTH_METHOD_NOT_ALLOWED,
                ONE + " of a document has to be one of " + String.join(", ", POSSIBLE));
    }
}

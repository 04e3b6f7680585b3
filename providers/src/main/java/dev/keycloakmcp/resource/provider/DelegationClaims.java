package dev.keycloakmcp.resource.provider;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.keycloak.jose.jws.JWSInput;
import org.keycloak.jose.jws.JWSInputException;
import org.keycloak.representations.JsonWebToken;

/** The claims of RFC 8693 4.1 and 4.4, which only this extension writes in realms that use its policies. */
public final class DelegationClaims {

    /** Who acts. */
    public static final String ACT = "act";
    /** Who may act. */
    public static final String MAY_ACT = "may_act";

    private static final List<String> ALL = List.of(ACT, MAY_ACT);

    private DelegationClaims() {}

    /** Whether a JWT says that somebody acts or may act, true or not. */
    public static boolean areClaimedBy(@Nullable String encoded) {
        if (encoded == null) {
            return false;
        }
        try {
            JsonWebToken token = new JWSInput(encoded).readJsonContent(JsonWebToken.class);
            return ALL.stream().anyMatch(token.getOtherClaims()::containsKey);
        } catch (JWSInputException e) {
            return false;
        }
    }

    /** Leaves exactly those claims in a token that are vouched for. */
    static void restrict(JsonWebToken token, Map<String, Object> vouched) {
        for (String claim : ALL) {
            Object value = vouched.get(claim);
            if (value == null) {
                token.getOtherClaims().remove(claim);
            } else {
                token.setOtherClaims(claim, value);
            }
        }
    }

    /** The claims in a token. */
    static Map<String, Object> in(JsonWebToken token) {
        Map<String, Object> found = new HashMap<>();
        for (String claim : ALL) {
            Object value = token.getOtherClaims().get(claim);
            if (value != null) {
                found.put(claim, value);
            }
        }
        return found;
    }
}

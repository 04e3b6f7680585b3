package dev.keycloakmcp.policy;

import java.util.Set;

/**
 * The claims that no narrowing takes away, whatever client scope they come from: they say whom a token is about, who acts and
 * who may act, to whom and to which login it was issued, how the person signed in, and what the holder has to prove. A token
 * without one of them would be good for more than the token as configured.
 */
public final class ProtectedClaims {

    /** Registered names (IANA, JSON Web Token Claims), and Keycloak's {@code session_state}. */
    private static final Set<String> NAMES = Set.of(
            "sub",
            "sub_id",
            "act",
            "may_act",
            "cnf",
            "acr",
            "amr",
            "auth_time",
            "vot",
            "sid",
            "session_state",
            "nonce",
            "jti",
            "txn",
            "azp",
            "client_id");

    private ProtectedClaims() {}

    /** True for a top-level claim that narrowing leaves as it is mapped. */
    public static boolean holds(String claim) {
        return NAMES.contains(claim);
    }

    /** The names. */
    public static Set<String> names() {
        return NAMES;
    }
}

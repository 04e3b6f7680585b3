package dev.keycloakmcp.policy;

import java.util.Set;

/**
 * The claims by which the realm says who issued a token, to which client, in which login, and for how long. Keycloak writes
 * them; no protocol mapper does. The claims that say whom a token is about, for whom it is and what it is good for may be
 * mapped by administrators, but not by a client that registered itself: its mappers can put into them what its users write in
 * their profiles.
 */
public final class RealmClaims {

    private static final Set<String> KEYCLOAKS = Set.of("iss", "azp", "sid", "jti", "typ", "iat", "exp", "nbf");

    private static final Set<String> ADMINISTRATORS = Set.of(
            "aud",
            "scope",
            "scp",
            "realm_access",
            "resource_access",
            "authorization",
            "mcp_resource",
            "mcp_exchanged",
            "mcp_may_act_mapped");

    private RealmClaims() {}

    /** True for a top-level claim that no mapper writes. */
    public static boolean areKeycloaks(String claim) {
        return KEYCLOAKS.contains(claim);
    }

    /** True for a top-level claim that no mapper writes that a client registered for itself. */
    public static boolean areNoClients(String claim) {
        return areKeycloaks(claim) || ADMINISTRATORS.contains(claim) || ProtectedClaims.holds(claim);
    }

    /** The names of claims that no mapper writes. */
    public static Set<String> keycloaks() {
        return KEYCLOAKS;
    }
}

package dev.keycloakmcp.policy.provider;

import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * The policy's answer to whether consent is remembered, on its way from the authorization request to the consent page: a
 * client note of the authentication session, which outlives a restart of the login, and which people and clients cannot
 * write.
 */
public final class McpConsentNote {

    private static final String NOTE = "mcp_consent";
    private static final String REMEMBER = "remember";
    private static final String ASK = "ask";

    private McpConsentNote() {}

    /** Notes it; where several policies apply, one that asks always is enough. */
    public static void set(AuthenticationSessionModel login, boolean remember) {
        if (!ASK.equals(login.getClientNote(NOTE))) {
            login.setClientNote(NOTE, remember ? REMEMBER : ASK);
        }
    }

    /** True when a policy was enforced on the request. */
    public static boolean isSet(AuthenticationSessionModel login) {
        return login.getClientNote(NOTE) != null;
    }

    /** True when an earlier answer may count. */
    public static boolean mayRemember(AuthenticationSessionModel login) {
        return !ASK.equals(login.getClientNote(NOTE));
    }
}

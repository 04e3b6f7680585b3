package dev.keycloakmcp.decision;

import java.util.Map;

/** The error codes of the token endpoint. */
public final class TokenErrors {

    /** Keycloak's own codes, and those of other endpoints, in words that OAuth clients know. */
    private static final Map<String, String> IN_OAUTH = Map.of(
            // of offline access that a user may not have
            "not_allowed",
            OAuthErrors.INVALID_GRANT,
            // RFC 8693 section 2.2.2
            OAuthErrors.INVALID_TOKEN,
            OAuthErrors.INVALID_REQUEST,
            "invalid_issuer",
            OAuthErrors.INVALID_REQUEST);

    private TokenErrors() {}

    /** The code to answer for one that Keycloak would answer. */
    public static String inOAuth(String code) {
        return IN_OAUTH.getOrDefault(code, code);
    }
}

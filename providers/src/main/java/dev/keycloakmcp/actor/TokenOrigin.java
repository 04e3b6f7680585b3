package dev.keycloakmcp.actor;

import org.jspecify.annotations.Nullable;

/** How a token came about, by the grant that issued it. */
public enum TokenOrigin {
    /** Issued where a user let a client act, on a page or a device of the realm's. */
    SIGN_IN,
    /** Issued for a refresh token. */
    REFRESH,
    /** Issued for another token (RFC 8693). */
    EXCHANGE,
    /** Issued for an assertion of another issuer (RFC 7523). */
    ASSERTION,
    /** Issued otherwise, such as to a machine. */
    OTHER;

    /**
     * The origin of tokens of a grant.
     *
     * @param grantType the {@code grant_type}; null where there was none
     */
    public static TokenOrigin of(@Nullable String grantType) {
        if (grantType == null) {
            return OTHER;
        }
        return switch (grantType) {
            case "authorization_code",
                    "urn:ietf:params:oauth:grant-type:device_code",
                    "urn:openid:params:grant-type:ciba" -> SIGN_IN;
            case "refresh_token" -> REFRESH;
            case "urn:ietf:params:oauth:grant-type:token-exchange" -> EXCHANGE;
            case "urn:ietf:params:oauth:grant-type:jwt-bearer" -> ASSERTION;
            default -> OTHER;
        };
    }

    /** True for tokens of a sign-in and those refreshed since, by which the client acts for the user who signed in. */
    public boolean isUserSignIn() {
        return this == SIGN_IN || this == REFRESH;
    }

    /** True for tokens whose actor, if they name one, is the client that got them, rather than one that exchanged. */
    public boolean namesItsClient() {
        return isUserSignIn() || this == ASSERTION;
    }
}

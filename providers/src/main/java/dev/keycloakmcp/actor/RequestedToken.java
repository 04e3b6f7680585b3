package dev.keycloakmcp.actor;

import org.jspecify.annotations.Nullable;

/** The token that an exchange asks for (RFC 8693 section 3). */
public enum RequestedToken {
    ACCESS_TOKEN,
    /** An access token and a refresh token. */
    REFRESH_TOKEN,
    OTHER;

    private static final String PREFIX = "urn:ietf:params:oauth:token-type:";

    /** An access token where the request does not say. */
    public static RequestedToken of(@Nullable String type) {
        if (type == null || type.equals(PREFIX + "access_token")) {
            return ACCESS_TOKEN;
        }
        return type.equals(PREFIX + "refresh_token") ? REFRESH_TOKEN : OTHER;
    }
}

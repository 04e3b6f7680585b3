package dev.keycloakmcp.decision;

/** OAuth error codes that decisions may carry. */
public final class OAuthErrors {
    /** RFC 8707 section 2. */
    public static final String INVALID_TARGET = "invalid_target";
    /** RFC 6749 section 5.2. */
    public static final String INVALID_SCOPE = "invalid_scope";
    /** RFC 6749 section 5.2. */
    public static final String INVALID_REQUEST = "invalid_request";
    /** RFC 6749 section 5.2. */
    public static final String INVALID_GRANT = "invalid_grant";
    /** RFC 6749 section 5.2. */
    public static final String INVALID_CLIENT = "invalid_client";
    /** RFC 6749 section 5.2. */
    public static final String UNAUTHORIZED_CLIENT = "unauthorized_client";
    /** RFC 6749 section 4.1.2.1. */
    public static final String UNSUPPORTED_RESPONSE_TYPE = "unsupported_response_type";

    /** RFC 6749 section 4.1.2.1. */
    public static final String ACCESS_DENIED = "access_denied";

    /** RFC 6749 section 4.1.2.1. */
    public static final String TEMPORARILY_UNAVAILABLE = "temporarily_unavailable";

    /** RFC 7591 section 3.2.2. */
    public static final String INVALID_REDIRECT_URI = "invalid_redirect_uri";
    /** RFC 7591 section 3.2.2. */
    public static final String INVALID_CLIENT_METADATA = "invalid_client_metadata";
    /** RFC 6750 section 3.1. */
    public static final String INVALID_TOKEN = "invalid_token";
    /** RFC 6750 section 3.1. */
    public static final String INSUFFICIENT_SCOPE = "insufficient_scope";

    /** RFC 6585 section 4; OAuth has no code for it. */
    public static final String TOO_MANY_REQUESTS = "too_many_requests";

    private OAuthErrors() {}
}

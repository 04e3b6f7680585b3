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
    public static final String INVALID_CLIENT = "invalid_client";
    /** RFC 6749 section 5.2. */
    public static final String UNAUTHORIZED_CLIENT = "unauthorized_client";
    /** RFC 6749 section 4.1.2.1. */
    public static final String UNSUPPORTED_RESPONSE_TYPE = "unsupported_response_type";

    private OAuthErrors() {}
}

package dev.keycloakmcp.decision;

/**
 * Why a request was allowed or denied, as a stable code for logs, events, metrics and queries.
 *
 * <p>The code ({@link #code()}) never changes once released; the meaning is for people and may be reworded. {@link
 * #error()} is the OAuth error that the client sees when the decision is enforced.
 */
public enum ReasonCode {
    OK("ok", "", "the request is within the policy"),
    NOT_TARGETED("not_targeted", "", "no target was sent and the policy does not ask for one"),

    RESOURCE_MALFORMED(
            "resource_malformed",
            OAuthErrors.INVALID_TARGET,
            "resource is not an absolute http or https URI (RFC 8707)"),
    RESOURCE_MULTIPLE("resource_multiple", OAuthErrors.INVALID_TARGET, "more than one target was sent"),
    RESOURCE_UNKNOWN("resource_unknown", OAuthErrors.INVALID_TARGET, "no enabled MCP server of the realm has this URI"),
    RESOURCE_CONFLICT("resource_conflict", OAuthErrors.INVALID_TARGET, "several clients of the realm claim this URI"),
    RESOURCE_NOT_ALLOWED(
            "resource_not_allowed",
            OAuthErrors.INVALID_TARGET,
            "the client may not ask for tokens for this MCP server"),
    RESOURCE_MISSING("resource_missing", OAuthErrors.INVALID_TARGET, "no target was sent and the policy requires one"),
    RESOURCE_AMBIGUOUS(
            "resource_ambiguous",
            OAuthErrors.INVALID_TARGET,
            "no target was sent and it does not follow from the scopes"),
    RESOURCE_MISMATCH(
            "resource_mismatch", OAuthErrors.INVALID_TARGET, "another target than the one the grant is bound to"),

    SCOPE_MISSING("scope_missing", OAuthErrors.INVALID_SCOPE, "no scope was sent and the policy requires one"),
    SCOPE_NOT_OWNED(
            "scope_not_owned",
            OAuthErrors.INVALID_SCOPE,
            "none of the granted scopes belongs to the target MCP server"),

    CLIENT_DYNAMICALLY_REGISTERED(
            "client_dynamically_registered",
            OAuthErrors.UNAUTHORIZED_CLIENT,
            "clients that registered themselves get no machine tokens"),

    RESPONSE_TYPE_NOT_ALLOWED(
            "response_type_not_allowed",
            OAuthErrors.UNSUPPORTED_RESPONSE_TYPE,
            "the authorization endpoint hands out no access tokens (OAuth 2.1)"),

    METADATA_MALFORMED(
            "metadata_malformed",
            OAuthErrors.INVALID_CLIENT_METADATA,
            "the body is not one JSON object, is too large, or a member has the wrong type or size (RFC 7591)"),
    REDIRECT_URI_MISSING("redirect_uri_missing", OAuthErrors.INVALID_REDIRECT_URI, "redirect_uris is absent or empty"),
    REDIRECT_URI_MALFORMED(
            "redirect_uri_malformed",
            OAuthErrors.INVALID_REDIRECT_URI,
            "a redirect URI is not an absolute URI in normal form, or holds what redirect URIs may not hold"),
    REDIRECT_LOOPBACK_NOT_ALLOWED(
            "redirect_loopback_not_allowed", OAuthErrors.INVALID_REDIRECT_URI, "loopback redirects are switched off"),
    REDIRECT_HOST_NOT_ALLOWED(
            "redirect_host_not_allowed", OAuthErrors.INVALID_REDIRECT_URI, "the host of a redirect URI is not allowed"),
    REDIRECT_SCHEME_NOT_ALLOWED(
            "redirect_scheme_not_allowed",
            OAuthErrors.INVALID_REDIRECT_URI,
            "the scheme of a redirect URI is not allowed"),
    CLIENT_NAME_NOT_ALLOWED(
            "client_name_not_allowed",
            OAuthErrors.INVALID_CLIENT_METADATA,
            "client_name holds characters or expressions that would mislead people"),
    CLIENT_URL_NOT_ALLOWED(
            "client_url_not_allowed",
            OAuthErrors.INVALID_CLIENT_METADATA,
            "a URL about the client is not an https URL"),
    CLIENT_KEYS_NOT_ALLOWED(
            "client_keys_not_allowed",
            OAuthErrors.INVALID_CLIENT_METADATA,
            "jwks or jwks_uri is missing, malformed, or may not be used"),
    GRANT_TYPE_NOT_ALLOWED(
            "grant_type_not_allowed",
            OAuthErrors.INVALID_CLIENT_METADATA,
            "none of the grant types leaves a usable client"),
    RESPONSE_TYPE_NOT_USABLE(
            "response_type_not_usable", OAuthErrors.INVALID_CLIENT_METADATA, "none of the response types is code"),
    AUTH_METHOD_NOT_ALLOWED(
            "auth_method_not_allowed",
            OAuthErrors.INVALID_CLIENT_METADATA,
            "the token endpoint authentication method is unknown or not allowed"),
    REGISTERED_SCOPE_NOT_USABLE(
            "registered_scope_not_usable", OAuthErrors.INVALID_CLIENT_METADATA, "none of the scopes can be granted"),
    CLIENT_IDENTITY_MISMATCH(
            "client_identity_mismatch",
            OAuthErrors.INVALID_CLIENT_METADATA,
            "client_id or client_secret is not that of the client (RFC 7592)"),
    REGISTRATION_TOKEN_INVALID(
            "registration_token_invalid", OAuthErrors.INVALID_TOKEN, "the registration needs a valid token"),
    REGISTRATION_NOT_ALLOWED(
            "registration_not_allowed",
            OAuthErrors.INSUFFICIENT_SCOPE,
            "the token does not allow this registration request"),
    REGISTRATION_RATE_LIMITED(
            "registration_rate_limited",
            OAuthErrors.TOO_MANY_REQUESTS,
            "the source registered too many clients in the window"),
    REGISTRATION_QUOTA_FULL(
            "registration_quota_full",
            OAuthErrors.TOO_MANY_REQUESTS,
            "the realm has as many registered clients as it may have, and all are in use"),
    REFRESH_TOKEN_REUSED(
            "refresh_token_reused",
            OAuthErrors.INVALID_GRANT,
            "a refresh token came back after it was replaced (RFC 9700); the login was ended"),
    REUSED("reused", "", "identical metadata was registered before; its client is reused"),
    CLIENT_POLICY_REFUSED(
            "client_policy_refused",
            OAuthErrors.INVALID_CLIENT_METADATA,
            "a client policy of the realm refused the client");

    private final String code;
    private final String error;
    private final String meaning;

    ReasonCode(String code, String error, String meaning) {
        this.code = code;
        this.error = error;
        this.meaning = meaning;
    }

    /** The stable code, lower case with underscores. */
    public String code() {
        return code;
    }

    /** The OAuth error code a denied client sees (RFC 6749 5.2, RFC 8707 2), empty for reasons that never deny. */
    public String error() {
        return error;
    }

    /** One line for engineers: what the code says about the request. */
    public String meaning() {
        return meaning;
    }
}

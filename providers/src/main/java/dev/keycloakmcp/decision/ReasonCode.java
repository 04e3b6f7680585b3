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
    RESOURCE_NOT_ASKED("resource_not_asked", OAuthErrors.INVALID_TARGET, "the code is of a sign-in for no MCP server"),
    TOKEN_BOUND(
            "token_bound",
            OAuthErrors.INVALID_TARGET,
            "a token for an MCP server was to become a requesting party token (UMA), or was exchanged for a token for none"),

    SCOPE_MISSING("scope_missing", OAuthErrors.INVALID_SCOPE, "no scope was sent and the policy requires one"),
    SCOPE_NOT_OWNED(
            "scope_not_owned",
            OAuthErrors.INVALID_SCOPE,
            "none of the granted scopes belongs to the target MCP server"),
    SCOPE_TOO_LONG("scope_too_long", OAuthErrors.INVALID_SCOPE, "scope is longer than the server takes"),

    CLIENT_SCOPE_NOT_AVAILABLE(
            "client_scope_not_available",
            OAuthErrors.INVALID_SCOPE,
            "the client may have none of the scopes it asked for"),

    CONSENT_MISSING(
            "consent_missing",
            OAuthErrors.INVALID_SCOPE,
            "the user did not allow the client these scopes at the target MCP server, and the client has to ask"),

    CODE_CHALLENGE_MISSING(
            "code_challenge_missing",
            OAuthErrors.INVALID_GRANT,
            "the code is of a sign-in that did not begin with the code challenge (PKCE) that the client has to send"),

    CLIENT_DYNAMICALLY_REGISTERED(
            "client_dynamically_registered",
            OAuthErrors.UNAUTHORIZED_CLIENT,
            "clients that registered themselves get no machine tokens"),

    CLIENT_SUSPENDED("client_suspended", OAuthErrors.UNAUTHORIZED_CLIENT, "an administrator suspended the client"),
    ACTOR_SUSPENDED(
            "actor_suspended",
            OAuthErrors.INVALID_GRANT,
            "an actor in the chain of the grant, or its subject, was suspended, disabled or deleted"),
    CLIENT_ID_AMBIGUOUS(
            "client_id_ambiguous",
            OAuthErrors.UNAUTHORIZED_CLIENT,
            "the client id is the id of an account as well, so that a token could not say who acts"),

    CREDENTIAL_METHOD_NOT_ALLOWED(
            "credential_method_not_allowed",
            OAuthErrors.INVALID_CLIENT,
            "the client authenticated by a method that the policy does not list"),
    CREDENTIAL_MULTIPLE(
            "credential_multiple",
            OAuthErrors.INVALID_REQUEST,
            "the request carries more than one way to authenticate (RFC 6749 2.3)"),
    ASSERTION_ALGORITHM_NOT_ALLOWED(
            "assertion_algorithm_not_allowed",
            OAuthErrors.INVALID_CLIENT,
            "the signature algorithm of the client assertion does not fit the method"),
    ASSERTION_AUDIENCE_MISMATCH(
            "assertion_audience_mismatch",
            OAuthErrors.INVALID_CLIENT,
            "the client assertion is not for this authorization server alone (RFC 7523 3)"),
    ASSERTION_LIFETIME_TOO_LONG(
            "assertion_lifetime_too_long",
            OAuthErrors.INVALID_CLIENT,
            "the client assertion lives longer than the policy allows"),
    ASSERTION_REPLAYED("assertion_replayed", OAuthErrors.INVALID_CLIENT, "the client assertion was used before"),
    SECRET_TOO_OLD("secret_too_old", OAuthErrors.INVALID_CLIENT, "the client secret is older than the policy allows"),
    SECRET_AGE_UNKNOWN(
            "secret_age_unknown",
            OAuthErrors.INVALID_CLIENT,
            "the policy limits the age of secrets, and this one was not generated by Keycloak"),

    EXCHANGE_UNSUPPORTED(
            "exchange_unsupported",
            OAuthErrors.INVALID_REQUEST,
            "this kind of token exchange cannot keep the chain of actors"),
    EXCHANGE_PARAMETER_REPEATED(
            "exchange_parameter_repeated",
            OAuthErrors.INVALID_REQUEST,
            "a parameter of the token exchange was sent more than once"),
    EXCHANGE_TOKEN_TYPE(
            "exchange_token_type",
            OAuthErrors.INVALID_REQUEST,
            "an exchange gives access tokens, and refresh tokens where the policy allows them"),
    EXCHANGE_REFRESH_NOT_ALLOWED(
            "exchange_refresh_not_allowed",
            OAuthErrors.INVALID_REQUEST,
            "the policy gives no refresh tokens for delegated access"),

    SUBJECT_TOKEN_INVALID(
            "subject_token_invalid",
            OAuthErrors.INVALID_REQUEST,
            "the subject token is no live access token of this realm"),
    SUBJECT_TOKEN_NOT_FOR_CLIENT(
            "subject_token_not_for_client",
            OAuthErrors.INVALID_REQUEST,
            "the subject token was issued neither to nor for the requesting client"),
    SUBJECT_TOKEN_UNPROVEN(
            "subject_token_unproven",
            OAuthErrors.INVALID_REQUEST,
            "the subject token is bound to a key that the request does not prove"),

    ACTOR_TOKEN_MISSING(
            "actor_token_missing", OAuthErrors.INVALID_REQUEST, "the policy requires an actor token and none was sent"),
    ACTOR_TOKEN_TYPE(
            "actor_token_type",
            OAuthErrors.INVALID_REQUEST,
            "actor_token and actor_token_type do not come together, or the type is not access token"),
    ACTOR_TOKEN_INVALID(
            "actor_token_invalid",
            OAuthErrors.INVALID_REQUEST,
            "the actor token is no live access token of this realm"),
    ACTOR_TOKEN_NOT_FOR_CLIENT(
            "actor_token_not_for_client",
            OAuthErrors.INVALID_REQUEST,
            "the actor token was issued neither to nor for the requesting client"),
    ACTOR_TOKEN_UNPROVEN(
            "actor_token_unproven",
            OAuthErrors.INVALID_REQUEST,
            "the actor token is bound to a key that the request does not prove"),
    ACTOR_TOKEN_DELEGATED(
            "actor_token_delegated",
            OAuthErrors.INVALID_REQUEST,
            "the actor token is a delegated token, which does not say who acts"),
    ACTOR_NOT_ALLOWED(
            "actor_not_allowed", OAuthErrors.INVALID_REQUEST, "the policy does not list the actor among those allowed"),
    ACTOR_IS_SUBJECT("actor_is_subject", OAuthErrors.INVALID_REQUEST, "nobody acts for themselves"),
    ACTOR_REPEATED(
            "actor_repeated", OAuthErrors.INVALID_REQUEST, "the actor is part of the subject token's chain already"),
    ACTOR_INACTIVE(
            "actor_inactive",
            OAuthErrors.INVALID_REQUEST,
            "an actor of the chain was disabled, deleted or suspended meanwhile"),

    CLIENT_CERTIFICATE_MISSING(
            "client_certificate_missing",
            OAuthErrors.INVALID_REQUEST,
            "tokens of the requesting client are bound to its certificate, and the request came without"),

    CHAIN_MALFORMED(
            "chain_malformed", OAuthErrors.INVALID_REQUEST, "the act claim of the subject token is no chain of actors"),
    CHAIN_TOO_DEEP("chain_too_deep", OAuthErrors.INVALID_REQUEST, "the chain would hold more actors than allowed"),
    MAY_ACT_MISSING(
            "may_act_missing",
            OAuthErrors.INVALID_REQUEST,
            "the policy requires that the subject token names who may act, and it does not"),
    MAY_ACT_MALFORMED(
            "may_act_malformed",
            OAuthErrors.INVALID_REQUEST,
            "the may_act claim of the subject token cannot be checked"),
    MAY_ACT_MISMATCH(
            "may_act_mismatch", OAuthErrors.INVALID_REQUEST, "the subject token names another party that may act"),

    SUBJECT_SCOPE_NOT_HELD(
            "subject_scope_not_held",
            OAuthErrors.INVALID_SCOPE,
            "none of the requested scopes is in the subject token"),

    DELEGATION_REFRESH_ENDED(
            "delegation_refresh_ended",
            OAuthErrors.INVALID_GRANT,
            "the policy no longer allows this delegated access to be refreshed"),
    DELEGATION_ACTOR_ENDED(
            "delegation_actor_ended",
            OAuthErrors.INVALID_GRANT,
            "an actor of the refresh token's chain is no longer allowed to act"),
    DELEGATION_LAUNDERED(
            "delegation_laundered",
            OAuthErrors.INVALID_GRANT,
            "a token with act or may_act was sent as a grant that cannot keep them"),

    UMA_TOKEN_REPEATED(
            "uma_token_repeated", OAuthErrors.INVALID_REQUEST, "more than one token of a UMA request says who asks"),

    GRANT_ASSERTION_TYPE(
            "grant_assertion_type",
            OAuthErrors.INVALID_GRANT,
            "what was sent as an assertion (RFC 7523) is another kind of token"),
    GRANT_ASSERTION_CLIENT(
            "grant_assertion_client",
            OAuthErrors.INVALID_GRANT,
            "the assertion is that of another client, or an identity assertion that names none"),
    GRANT_ASSERTION_SCOPE(
            "grant_assertion_scope", OAuthErrors.INVALID_SCOPE, "none of the requested scopes is in the assertion"),
    GRANT_ASSERTION_UNPROVEN(
            "grant_assertion_unproven",
            OAuthErrors.INVALID_GRANT,
            "the assertion is bound to a key that the request does not prove"),

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
    REALM_DISABLED("realm_disabled", OAuthErrors.ACCESS_DENIED, "an administrator disabled the realm"),
    ADMINISTRATORS_ATTRIBUTE(
            "administrators_attribute",
            OAuthErrors.INSUFFICIENT_SCOPE,
            "a client was to set an attribute that administrators decide"),
    ADMINISTRATORS_CLAIM("administrators_claim", OAuthErrors.INSUFFICIENT_SCOPE, "only administrators map this claim"),
    CLIENT_ID_OF_SERVER("client_id_of_server", OAuthErrors.UNAUTHORIZED_CLIENT, "the client id is a server's URI"),
    REGISTERED_ELSEWHERE(
            "registered_elsewhere",
            OAuthErrors.INSUFFICIENT_SCOPE,
            "the client was registered at the mcp endpoint, and is read and changed there alone"),
    REGISTRATION_RATE_LIMITED(
            "registration_rate_limited",
            OAuthErrors.TOO_MANY_REQUESTS,
            "the source registered too many clients in the window"),
    REGISTRATION_QUOTA_FULL(
            "registration_quota_full",
            OAuthErrors.TOO_MANY_REQUESTS,
            "the realm has as many registered clients as it may have, and all are in use"),
    CONCURRENT_REQUEST(
            "concurrent_request",
            OAuthErrors.TEMPORARILY_UNAVAILABLE,
            "another request is changing the same client, or refreshing the same login"),
    REFRESH_TOKEN_REUSED(
            "refresh_token_reused",
            OAuthErrors.INVALID_GRANT,
            "a refresh token came back after it was replaced (RFC 9700); its login was ended, and no other"),
    REFRESH_TOKEN_FORGOTTEN(
            "refresh_token_forgotten",
            OAuthErrors.INVALID_GRANT,
            "a refresh token is of a login after which the client had fifty others in the same session"),
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

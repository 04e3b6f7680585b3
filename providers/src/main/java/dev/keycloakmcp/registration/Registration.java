package dev.keycloakmcp.registration;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A client as it will be: what an admitted request comes to.
 *
 * @param name shown to people; the client id where empty
 * @param redirectUris at least one
 * @param grantTypes at least {@link #AUTHORIZATION_CODE}
 * @param heldToMethod true when the client named its method, and may use no other
 * @param dpopBound true when its tokens are bound to a key (RFC 9449)
 * @param requestedScopes the scopes of the request that the client has; empty where it named none
 * @param scopes all scopes of the client
 * @param keys public keys, at most one of jwks and jwks_uri
 */
public record Registration(
        Optional<String> name,
        List<RedirectUri> redirectUris,
        List<String> grantTypes,
        AuthMethod authMethod,
        boolean heldToMethod,
        boolean dpopBound,
        List<String> requestedScopes,
        AvailableScopes scopes,
        boolean consentRequired,
        SoftwareDescription description,
        Keys keys) {

    /** RFC 6749 section 4.1. */
    public static final String AUTHORIZATION_CODE = "authorization_code";
    /** RFC 6749 section 6. */
    public static final String REFRESH_TOKEN = "refresh_token";
    /** RFC 8628 section 3.4. */
    public static final String DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";
    /** The response type of the authorization code grant, the only one. */
    public static final String CODE = "code";

    /** The client's public keys, inline or by reference. */
    public record Keys(Optional<Map<String, Object>> jwks, Optional<String> jwksUri) {

        /** True when there are none. */
        public boolean isEmpty() {
            return jwks.isEmpty() && jwksUri.isEmpty();
        }
    }

    /** True when the client gets refresh tokens. */
    public boolean refreshes() {
        return grantTypes.contains(REFRESH_TOKEN);
    }
}

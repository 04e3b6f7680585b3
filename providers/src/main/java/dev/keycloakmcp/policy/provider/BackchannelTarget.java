package dev.keycloakmcp.policy.provider;

import java.util.Optional;
import org.keycloak.protocol.oidc.grants.ciba.channel.CIBAAuthenticationRequest;

/** The MCP server that a backchannel authentication request (OpenID CIBA with RFC 8707) was bound to, kept in its id. */
public final class BackchannelTarget {

    private static final String CLAIM = DelegationClaims.RESOURCE;

    private BackchannelTarget() {}

    /** Its URI; absent where the client did not name it, and may do so when it asks for the token. */
    public static Optional<String> of(CIBAAuthenticationRequest request) {
        return DelegationClaims.resource(request);
    }

    /** Keeps the URI in the id that Keycloak makes of the request. */
    public static void store(CIBAAuthenticationRequest request, String resourceUrl) {
        DelegationClaims.bind(request, resourceUrl);
    }

    /** Removes what a client itself sent under that name, as only a policy decides it. */
    public static void discard(CIBAAuthenticationRequest request) {
        request.getOtherClaims().remove(CLAIM);
    }
}

package dev.keycloakmcp.policy.provider;

import java.util.Optional;
import org.keycloak.models.OAuth2DeviceCodeModel;
import org.keycloak.protocol.oidc.endpoints.request.AuthorizationEndpointRequest;

/** The MCP server that a device asked for (RFC 8628 section 3.1 with RFC 8707), kept with its device code. */
public final class DeviceTarget {

    private static final String PARAMETER = DelegationClaims.RESOURCE;

    /** Keycloak's own prefix of what it keeps of a request. */
    private static final String KEPT = "additional_param_" + PARAMETER;

    private DeviceTarget() {}

    /** Its URI; absent where the device did not name it, and may do so when it asks for the token. */
    public static Optional<String> of(OAuth2DeviceCodeModel code) {
        return Optional.ofNullable(code.toMap().get(KEPT));
    }

    /** Stores the URI with the device code that Keycloak makes of the request. */
    public static void store(AuthorizationEndpointRequest request, String resourceUrl) {
        request.getAdditionalReqParams().put(PARAMETER, resourceUrl);
    }

    /** Removes what a device itself sent under that name, as only a policy decides it. */
    public static void discard(AuthorizationEndpointRequest request) {
        request.getAdditionalReqParams().remove(PARAMETER);
    }
}

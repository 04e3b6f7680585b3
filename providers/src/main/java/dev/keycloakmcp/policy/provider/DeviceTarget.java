package dev.keycloakmcp.policy.provider;

import java.util.Optional;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.OAuth2DeviceCodeModel;
import org.keycloak.protocol.oidc.endpoints.request.AuthorizationEndpointRequest;

/** The MCP server that a device asked for (RFC 8628 section 3.1 with RFC 8707), kept with its device code, and who let it in. */
public final class DeviceTarget {

    /** Keycloak reads it into a field of its own and never among what else a device sent: nobody but a policy writes here. */
    private static final String PARAMETER = OAuth2Constants.RESOURCE;

    /** Keycloak's own prefix of what it keeps of a request. */
    private static final String KEPT = "additional_param_" + PARAMETER;

    private static final String ANSWERED = DeviceTarget.class.getName();

    private DeviceTarget() {}

    /** Keeps for this token request in which session the device was let in: Keycloak drops its code before it asks for consent. */
    public static void answered(KeycloakSession session, OAuth2DeviceCodeModel code) {
        Optional.ofNullable(code.getUserSessionId()).ifPresent(id -> session.setAttribute(ANSWERED, id));
    }

    /** The id of the session in which the device of this token request was let in. */
    public static Optional<String> answeredIn(KeycloakSession session) {
        return Optional.ofNullable(session.getAttribute(ANSWERED, String.class));
    }

    /** Its URI; absent where the device did not name it, and may do so when it asks for the token. */
    public static Optional<String> of(OAuth2DeviceCodeModel code) {
        return Optional.ofNullable(code.toMap().get(KEPT));
    }

    /** Stores the URI with the device code that Keycloak makes of the request. */
    public static void store(AuthorizationEndpointRequest request, String resourceUrl) {
        request.getAdditionalReqParams().put(PARAMETER, resourceUrl);
    }
}

package dev.keycloakmcp.policy.provider;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.policy.OverlongParameters;
import dev.keycloakmcp.policy.TokenNarrowing;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.endpoints.request.AuthorizationEndpointRequest;
import org.keycloak.protocol.oidc.endpoints.request.AuthzEndpointRequestParser;
import org.keycloak.protocol.oidc.grants.device.clientpolicy.context.DeviceAuthorizationRequestContext;
import org.keycloak.protocol.oidc.par.clientpolicy.context.PushedAuthorizationRequestContext;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.context.AuthorizationRequestContext;

/**
 * Scopes and targets of requests for authorization that Keycloak dropped as too long, from the request or from the request
 * object in it. Those of token requests are refused before any policy is asked.
 */
public final class DroppedParameters {

    private static final Set<String> READ = Set.of(OAuth2Constants.SCOPE, OAuth2Constants.RESOURCE);

    private DroppedParameters() {}

    /** The refusal of the first one. */
    public static Optional<Decision.Deny<Optional<TokenNarrowing>>> refusal(
            KeycloakSession session, ClientPolicyContext context) {
        if (context instanceof AuthorizationRequestContext authorization) {
            return refusal(
                    session, authorization.getAuthorizationEndpointRequest(), authorization.getRequestParameters());
        }
        if (context instanceof PushedAuthorizationRequestContext pushed) {
            return refusal(session, pushed.getRequest(), pushed.getRequestParameters());
        }
        if (context instanceof DeviceAuthorizationRequestContext device) {
            return refusal(session, device.getRequest(), device.getRequestParameters());
        }
        return Optional.empty();
    }

    private static Optional<Decision.Deny<Optional<TokenNarrowing>>> refusal(
            KeycloakSession session, AuthorizationEndpointRequest request, MultivaluedMap<String, String> parameters) {
        Map<String, List<String>> sent = new HashMap<>();
        for (String name : READ) {
            List<String> inObject = session.getAttribute(AuthzEndpointRequestParser.AUTHZ_REQUEST_OBJECT)
                            instanceof JsonNode object
                    ? Stream.ofNullable(object.get(name)).map(JsonNode::asText).toList()
                    : List.of();
            // One in the object takes the place of one beside it, also where it has no value (RFC 9101 6.3).
            List<String> beside = inObject.contains("") ? List.of() : parameters.getOrDefault(name, List.of());
            sent.put(name, Stream.concat(beside.stream(), inObject.stream()).toList());
        }
        Set<String> read = Stream.of(
                        Optional.ofNullable(request.getScope())
                                .filter(text -> !text.isEmpty())
                                .map(any -> OAuth2Constants.SCOPE),
                        Optional.ofNullable(request.getResource())
                                .filter(text -> !text.isEmpty())
                                .map(any -> OAuth2Constants.RESOURCE))
                .flatMap(Optional::stream)
                .collect(Collectors.toSet());
        return OverlongParameters.refusal(sent, read);
    }
}

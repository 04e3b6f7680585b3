package dev.keycloakmcp.policy.provider;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.support.ScopeParameter;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.grants.ciba.clientpolicy.context.BackchannelAuthenticationRequestContext;
import org.keycloak.protocol.oidc.grants.ciba.endpoints.request.BackchannelAuthenticationEndpointRequestParser;
import org.keycloak.protocol.oidc.grants.device.clientpolicy.context.DeviceAuthorizationRequestContext;
import org.keycloak.protocol.oidc.par.clientpolicy.context.PushedAuthorizationRequestContext;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.context.AuthorizationRequestContext;

/** The parameters of requests that a person has to answer before there is a token. */
final class AuthorizationParameters {

    private AuthorizationParameters() {}

    /** The parameters; empty for other requests. */
    static Optional<SentParameters> of(KeycloakSession session, ClientPolicyContext context) {
        return Optional.ofNullable(sent(session, context));
    }

    private static @Nullable SentParameters sent(KeycloakSession session, ClientPolicyContext context) {
        if (context instanceof AuthorizationRequestContext authorization) {
            return resource(
                            session,
                            authorization.getAuthorizationEndpointRequest().getResource(),
                            authorization.getRequestParameters(),
                            authorization.getScopeParameter())
                    .boundTo(PushedTarget.of(session, authorization.getRequestParameters())
                            .orElse(null));
        }
        if (context instanceof PushedAuthorizationRequestContext pushed) {
            return resource(
                    session,
                    pushed.getRequest().getResource(),
                    pushed.getRequestParameters(),
                    pushed.getScopeParameter());
        }
        if (context instanceof DeviceAuthorizationRequestContext device) {
            return resource(
                    session,
                    device.getRequest().getResource(),
                    device.getRequestParameters(),
                    device.getRequest().getScope());
        }
        if (context instanceof BackchannelAuthenticationRequestContext backchannel) {
            return resource(
                    session,
                    signed(session, OAuth2Constants.RESOURCE),
                    backchannel.getRequestParameters(),
                    backchannel.getRequest().getScope());
        }
        return null;
    }

    /** Keycloak drops parameters that are too long: a target that nobody has must not become no target. */
    private static SentParameters resource(
            KeycloakSession session,
            @Nullable String read,
            MultivaluedMap<String, String> sent,
            @Nullable String scope) {
        return new SentParameters(
                Stream.concat(
                                QueriedTarget.sent(session).stream(),
                                (read == null
                                                ? SentParameters.values(sent, OAuth2Constants.RESOURCE)
                                                : SentParameters.values(read))
                                        .stream())
                        .toList(),
                List.of(),
                Optional.empty(),
                ScopeParameter.names(scope));
    }

    /** A parameter in the signed object that a backchannel authentication request may come as. */
    private static @Nullable String signed(KeycloakSession session, String name) {
        return session.getAttribute(BackchannelAuthenticationEndpointRequestParser.CIBA_SIGNED_AUTHENTICATION_REQUEST)
                                instanceof JsonNode object
                        && object.has(name)
                ? object.get(name).asText()
                : null;
    }
}

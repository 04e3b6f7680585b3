package dev.keycloakmcp.policy.provider;

import jakarta.ws.rs.core.MultivaluedMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.protocol.oidc.endpoints.request.AuthorizationEndpointRequestParserProcessor;
import org.keycloak.protocol.oidc.endpoints.request.RequestUriType;
import org.keycloak.protocol.oidc.par.clientpolicy.context.PushedAuthorizationRequestContext;
import org.keycloak.protocol.oidc.par.endpoints.request.AuthzEndpointParParser;

/** The MCP server that a pushed authorization request was bound to (RFC 9126 with RFC 8707), kept with the request. */
public final class PushedTarget {

    private static final String PARAMETER = DelegationClaims.RESOURCE;

    private PushedTarget() {}

    /** Stores its URI with the request; absent where no policy bound it. What a client sent under that name is dropped. */
    public static void store(PushedAuthorizationRequestContext pushed, Optional<String> resourceUrl) {
        MultivaluedMap<String, String> kept = pushed.getRequestParameters();
        kept.remove(PARAMETER);
        resourceUrl.ifPresent(url -> kept.putSingle(PARAMETER, url));
    }

    /** Stores the URI that the client sent, where no policy bound the request. */
    static void keep(PushedAuthorizationRequestContext pushed, String sent) {
        pushed.getRequestParameters().computeIfAbsent(PARAMETER, any -> new ArrayList<>(List.of(sent)));
    }

    /** Its URI, as an authorization request names the pushed one; absent where it names none, and where it is used up. */
    static Optional<String> of(KeycloakSession session, MultivaluedMap<String, String> authorization) {
        @Nullable String requestUri = authorization.getFirst(OIDCLoginProtocol.REQUEST_URI_PARAM);
        if (requestUri == null
                || AuthorizationEndpointRequestParserProcessor.getRequestUriType(requestUri) != RequestUriType.PAR) {
            return Optional.empty();
        }
        return Optional.ofNullable(AuthzEndpointParParser.getRequestObject(session, requestUri))
                .map(kept -> kept.get(PARAMETER));
    }
}

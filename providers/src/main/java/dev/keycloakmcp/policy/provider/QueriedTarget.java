package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.resource.ResourceIndicator;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import dev.keycloakmcp.support.provider.PerRequest;
import jakarta.ws.rs.core.MultivaluedMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.par.clientpolicy.context.PushedAuthorizationRequestContext;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.context.AuthorizationRequestContext;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * The target of an authorization request, pushed or not, whose URI has a query. RFC 8707 section 2 allows it where it is
 * needed, Keycloak refuses it: so Keycloak does not get to see that of an MCP server of the realm.
 */
public final class QueriedTarget {

    private @Nullable String uri;

    private QueriedTarget() {}

    private static QueriedTarget of(KeycloakSession session) {
        return PerRequest.get(session, QueriedTarget.class, any -> new QueriedTarget());
    }

    /** Takes it out of the parameters of the request, before Keycloak reads them. */
    public static void holdBack(KeycloakSession session, MultivaluedMap<String, String> parameters) {
        List<String> sent = parameters.getOrDefault(OAuth2Constants.RESOURCE, List.of());
        if (sent.size() == 1 && isOfServer(session, sent.get(0))) {
            of(session).uri = sent.get(0);
            parameters.remove(OAuth2Constants.RESOURCE);
        }
    }

    private static boolean isOfServer(KeycloakSession session, String sent) {
        return sent.indexOf('?') >= 0
                && ResourceIndicator.parse(sent)
                        .map(McpServerRegistry.of(session)::claiming)
                        .filter(claiming -> !claiming.isEmpty())
                        .isPresent();
    }

    /** The URI as sent. */
    static Optional<String> sent(KeycloakSession session) {
        return Optional.ofNullable(of(session).uri);
    }

    /** Keeps it with the request as Keycloak keeps others, where no policy bound the request to its server. */
    public static void keep(KeycloakSession session, ClientPolicyContext context) {
        sent(session).ifPresent(target -> {
            if (context instanceof AuthorizationRequestContext authorization) {
                keep(authorization.getAuthenticationSession(), target);
            } else if (context instanceof PushedAuthorizationRequestContext pushed) {
                PushedTarget.keep(pushed, target);
            }
        });
    }

    private static void keep(AuthenticationSessionModel login, String target) {
        if (login.getClientNote(OAuth2Constants.RESOURCE) == null) {
            login.setClientNote(OAuth2Constants.RESOURCE, target);
        }
    }
}

package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.provider.DecisionEvents;
import dev.keycloakmcp.policy.provider.McpSuspension;
import dev.keycloakmcp.policy.provider.RequestEvent;
import jakarta.ws.rs.core.Response;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.endpoints.AuthorizationEndpointCheckProvider;
import org.keycloak.protocol.oidc.endpoints.AuthorizationEndpointChecker;
import org.keycloak.protocol.oidc.endpoints.AuthorizationEndpointChecker.AuthorizationCheckException;

/**
 * Refuses authorization and pushed authorization requests of suspended clients, and lets policies add details to the event
 * of others.
 */
public final class McpAuthorizationCheck implements AuthorizationEndpointCheckProvider {

    private final KeycloakSession session;

    public McpAuthorizationCheck(KeycloakSession session) {
        this.session = session;
    }

    @Override
    public void check(AuthorizationEndpointChecker checker) throws AuthorizationCheckException {
        RequestEvent.of(session).use(checker.getEventBuilder());
        if (McpSuspension.isSuspended(session, session.getContext().getClient())) {
            DecisionEvents.error(checker.getEventBuilder(), ReasonCode.CLIENT_SUSPENDED, McpSuspension.CLIENT_DETAIL);
            throw new AuthorizationCheckException(
                    Response.Status.BAD_REQUEST, ReasonCode.CLIENT_SUSPENDED.error(), McpSuspension.CLIENT_DETAIL);
        }
    }

    @Override
    public void close() {}
}

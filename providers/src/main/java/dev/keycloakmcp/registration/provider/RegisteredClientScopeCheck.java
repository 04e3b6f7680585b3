package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.provider.DecisionEvents;
import dev.keycloakmcp.registration.AvailableScopes;
import dev.keycloakmcp.support.ScopeParameter;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import org.keycloak.models.ClientModel;
import org.keycloak.protocol.oidc.endpoints.AuthorizationEndpointCheckProvider;
import org.keycloak.protocol.oidc.endpoints.AuthorizationEndpointChecker;

/**
 * Registered clients are served with those of the requested scopes that they may have (RFC 6749 3.3), but refused where
 * that would be none.
 */
final class RegisteredClientScopeCheck implements AuthorizationEndpointCheckProvider {

    private static final String DETAIL = "The client may have none of these scopes; ask for those in scopes_supported.";

    private final AuthorizationEndpointCheckProvider first;

    /**
     * A check that comes after another.
     *
     * @param first the check of all clients
     */
    RegisteredClientScopeCheck(AuthorizationEndpointCheckProvider first) {
        this.first = first;
    }

    @Override
    public void check(AuthorizationEndpointChecker checker)
            throws AuthorizationEndpointChecker.AuthorizationCheckException {
        first.check(checker);
        ClientModel client = checker.getClient();
        if (Provenance.rulesOf(checker.getRealm(), client).isEmpty()
                || available(client).serves(requested(checker))) {
            return;
        }
        ReasonCode reason = ReasonCode.CLIENT_SCOPE_NOT_AVAILABLE;
        DecisionEvents.error(checker.getEventBuilder(), reason, DETAIL);
        throw new AuthorizationEndpointChecker.AuthorizationCheckException(
                Response.Status.BAD_REQUEST, reason.error(), DETAIL);
    }

    private static Set<String> requested(AuthorizationEndpointChecker checker) {
        return ScopeParameter.names(checker.getAuthorizationEndpointRequest().getScope())
                .orElse(Set.of());
    }

    private static AvailableScopes available(ClientModel client) {
        return new AvailableScopes(
                client.getClientScopes(true).keySet(),
                client.getClientScopes(false).keySet());
    }

    @Override
    public void close() {}
}

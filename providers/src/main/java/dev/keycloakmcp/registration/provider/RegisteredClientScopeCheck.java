package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.provider.DecisionEvents;
import dev.keycloakmcp.registration.AvailableScopes;
import dev.keycloakmcp.support.ScopeParameter;
import jakarta.ws.rs.core.Response;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.endpoints.AuthorizationEndpointCheckProvider;
import org.keycloak.protocol.oidc.endpoints.AuthorizationEndpointChecker;

/**
 * Registered clients are served with those of the requested scopes that they may have (RFC 6749 3.3), but refused where
 * that would be none of those that somebody may have. Scopes that nobody knows count as not requested.
 */
final class RegisteredClientScopeCheck implements AuthorizationEndpointCheckProvider {

    private static final String DETAIL = "The client may have none of these scopes; ask for those in scopes_supported.";

    private final KeycloakSession session;
    private final AuthorizationEndpointCheckProvider first;

    /**
     * A check that comes after another.
     *
     * @param first the check of all clients
     */
    RegisteredClientScopeCheck(KeycloakSession session, AuthorizationEndpointCheckProvider first) {
        this.session = session;
        this.first = first;
    }

    @Override
    public void check(AuthorizationEndpointChecker checker)
            throws AuthorizationEndpointChecker.AuthorizationCheckException {
        first.check(checker);
        ClientModel client = checker.getClient();
        if (Provenance.rulesOf(checker.getRealm(), client).isEmpty()
                || available(client).serves(known(checker))) {
            return;
        }
        ReasonCode reason = ReasonCode.CLIENT_SCOPE_NOT_AVAILABLE;
        DecisionEvents.error(checker.getEventBuilder(), reason, DETAIL);
        throw new AuthorizationEndpointChecker.AuthorizationCheckException(
                Response.Status.BAD_REQUEST, reason.error(), DETAIL);
    }

    private Set<String> known(AuthorizationEndpointChecker checker) {
        Set<String> own =
                new HashSet<>(checker.getClient().getClientScopes(true).keySet());
        own.addAll(checker.getClient().getClientScopes(false).keySet());
        RegisteredClientScopes scopes = RegisteredClientScopes.of(session, checker.getRealm());
        return ScopeParameter.list(checker.getAuthorizationEndpointRequest().getScope()).stream()
                .filter(name -> own.contains(name) || scopes.ofAnyone(name).isPresent())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static AvailableScopes available(ClientModel client) {
        return new AvailableScopes(
                client.getClientScopes(true).keySet(),
                client.getClientScopes(false).keySet());
    }

    @Override
    public void close() {}
}

package dev.keycloakmcp.registration.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.McpEventDetails;
import dev.keycloakmcp.registration.AvailableScopes;
import dev.keycloakmcp.support.ScopeParameter;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import org.keycloak.Config;
import org.keycloak.events.Details;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.protocol.oidc.endpoints.AuthorizationEndpointCheckProvider;
import org.keycloak.protocol.oidc.endpoints.AuthorizationEndpointCheckProviderFactory;
import org.keycloak.protocol.oidc.endpoints.AuthorizationEndpointChecker;

/**
 * Registered clients are served with those of the requested scopes that they may have (RFC 6749 3.3), but refused where
 * that would be none.
 */
@AutoService(AuthorizationEndpointCheckProviderFactory.class)
public final class RegisteredClientScopeCheckFactory implements AuthorizationEndpointCheckProviderFactory {

    static final String PROVIDER_ID = "mcp-registered-client-scopes";

    @Override
    public AuthorizationEndpointCheckProvider create(KeycloakSession session) {
        return new AuthorizationEndpointCheckProvider() {
            @Override
            public void check(AuthorizationEndpointChecker checker)
                    throws AuthorizationEndpointChecker.AuthorizationCheckException {
                requireUsableScope(checker);
            }

            @Override
            public void close() {}
        };
    }

    private static void requireUsableScope(AuthorizationEndpointChecker checker)
            throws AuthorizationEndpointChecker.AuthorizationCheckException {
        ClientModel client = checker.getClient();
        Set<String> requested = ScopeParameter.names(
                        checker.getAuthorizationEndpointRequest().getScope())
                .orElse(Set.of());
        if (Provenance.rulesOf(checker.getRealm(), client).isEmpty()
                || new AvailableScopes(
                                client.getClientScopes(true).keySet(),
                                client.getClientScopes(false).keySet())
                        .serves(requested)) {
            return;
        }
        ReasonCode reason = ReasonCode.CLIENT_SCOPE_NOT_AVAILABLE;
        String detail = "The client may have none of these scopes; ask for those in scopes_supported.";
        checker.getEventBuilder()
                .detail(McpEventDetails.DECISION, "deny")
                .detail(McpEventDetails.REASON, reason.code())
                .detail(Details.REASON, detail)
                .error(reason.error());
        throw new AuthorizationEndpointChecker.AuthorizationCheckException(
                Response.Status.BAD_REQUEST, reason.error(), detail);
    }

    @Override
    public boolean isSupported(Config.Scope config) {
        return true;
    }

    @Override
    public void init(Config.Scope config) {}

    @Override
    public void postInit(KeycloakSessionFactory factory) {}

    @Override
    public void close() {}

    @Override
    public String getId() {
        return PROVIDER_ID;
    }
}

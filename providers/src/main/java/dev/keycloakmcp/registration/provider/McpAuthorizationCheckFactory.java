package dev.keycloakmcp.registration.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.UnconfiguredFactory;
import dev.keycloakmcp.token.provider.McpAuthorizationCheck;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.endpoints.AuthorizationEndpointCheckProvider;
import org.keycloak.protocol.oidc.endpoints.AuthorizationEndpointCheckProviderFactory;

/** The checks at the authorization endpoint, and at that of pushed requests: of all clients, then of registered ones. */
@AutoService(AuthorizationEndpointCheckProviderFactory.class)
public final class McpAuthorizationCheckFactory
        implements AuthorizationEndpointCheckProviderFactory, UnconfiguredFactory<AuthorizationEndpointCheckProvider> {

    static final String PROVIDER_ID = "mcp";

    @Override
    public AuthorizationEndpointCheckProvider create(KeycloakSession session) {
        return new RegisteredClientScopeCheck(session, new McpAuthorizationCheck(session));
    }

    @Override
    public boolean isSupported(Config.Scope config) {
        return true;
    }

    @Override
    public String getId() {
        return PROVIDER_ID;
    }
}

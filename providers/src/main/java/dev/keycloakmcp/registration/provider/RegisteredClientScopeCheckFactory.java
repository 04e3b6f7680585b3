package dev.keycloakmcp.registration.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.UnconfiguredFactory;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.endpoints.AuthorizationEndpointCheckProvider;
import org.keycloak.protocol.oidc.endpoints.AuthorizationEndpointCheckProviderFactory;

/** Names {@link RegisteredClientScopeCheck} to Keycloak. */
@AutoService(AuthorizationEndpointCheckProviderFactory.class)
public final class RegisteredClientScopeCheckFactory
        implements AuthorizationEndpointCheckProviderFactory, UnconfiguredFactory<AuthorizationEndpointCheckProvider> {

    static final String PROVIDER_ID = "mcp-registered-client-scopes";

    @Override
    public AuthorizationEndpointCheckProvider create(KeycloakSession session) {
        return new RegisteredClientScopeCheck();
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

package dev.keycloakmcp.resource.provider;

import com.google.auto.service.AutoService;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.protocol.oidc.endpoints.AuthorizationEndpointCheckProvider;
import org.keycloak.protocol.oidc.endpoints.AuthorizationEndpointCheckProviderFactory;
import org.keycloak.protocol.oidc.endpoints.AuthorizationEndpointChecker;

/** Checks nothing: lets policies add details to the event of an authorization or pushed authorization request. */
@AutoService(AuthorizationEndpointCheckProviderFactory.class)
public final class McpAuthorizationCheckFactory implements AuthorizationEndpointCheckProviderFactory {

    static final String PROVIDER_ID = "mcp";

    @Override
    public AuthorizationEndpointCheckProvider create(KeycloakSession session) {
        return new AuthorizationEndpointCheckProvider() {
            @Override
            public void check(AuthorizationEndpointChecker checker) {
                McpRequest.of(session).observe(checker.getEventBuilder());
            }

            @Override
            public void close() {}
        };
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

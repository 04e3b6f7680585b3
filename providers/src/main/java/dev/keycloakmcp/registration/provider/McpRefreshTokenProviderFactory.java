package dev.keycloakmcp.registration.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.Replacement;
import dev.keycloakmcp.support.provider.UnconfiguredFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.refresh.RefreshTokenProvider;
import org.keycloak.protocol.oidc.refresh.RefreshTokenProviderFactory;

/** Rotates the refresh tokens of public MCP clients, whatever the realm does with others. */
@AutoService(RefreshTokenProviderFactory.class)
public final class McpRefreshTokenProviderFactory
        implements RefreshTokenProviderFactory, UnconfiguredFactory<RefreshTokenProvider> {

    static final String PROVIDER_ID = "mcp";

    @Override
    public RefreshTokenProvider create(KeycloakSession session) {
        return new RotatingRefreshTokenProvider(session);
    }

    @Override
    public int order() {
        return Replacement.order(RefreshTokenProviderFactory.super.order());
    }

    @Override
    public String getId() {
        return PROVIDER_ID;
    }
}

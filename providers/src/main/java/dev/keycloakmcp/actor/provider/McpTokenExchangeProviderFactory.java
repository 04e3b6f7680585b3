package dev.keycloakmcp.actor.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.policy.McpExecutorIds;
import dev.keycloakmcp.support.provider.Replacement;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.TokenExchangeProvider;
import org.keycloak.protocol.oidc.TokenExchangeProviderFactory;
import org.keycloak.protocol.oidc.tokenexchange.StandardTokenExchangeProviderFactory;

/** Standard token exchange that knows MCP servers and actors. */
@AutoService(TokenExchangeProviderFactory.class)
public final class McpTokenExchangeProviderFactory extends StandardTokenExchangeProviderFactory {

    public static final String PROVIDER_ID = McpExecutorIds.DELEGATION;

    @Override
    public TokenExchangeProvider create(KeycloakSession session) {
        return new McpTokenExchangeProvider();
    }

    @Override
    public String getId() {
        return PROVIDER_ID;
    }

    @Override
    public int order() {
        return Replacement.order(super.order());
    }
}

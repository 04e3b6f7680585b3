package dev.keycloakmcp.token.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.policy.McpExecutorIds;
import dev.keycloakmcp.policy.provider.ExtensionInfo;
import dev.keycloakmcp.policy.provider.McpExecutorFactory;
import java.util.Map;
import org.keycloak.models.KeycloakSession;
import org.keycloak.provider.ServerInfoAwareProviderFactory;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProvider;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProviderFactory;

/** Makes {@link McpResourceIndicatorExecutor}. */
@AutoService(ClientPolicyExecutorProviderFactory.class)
public final class McpResourceIndicatorExecutorFactory extends McpExecutorFactory
        implements ServerInfoAwareProviderFactory {

    public McpResourceIndicatorExecutorFactory() {
        super(
                McpExecutorIds.RESOURCE_INDICATOR,
                "Binds every token to one MCP server (RFC 8707): the audience is the server's URI, only scopes and roles"
                        + " of that server remain. Applies to authorization and pushed authorization requests, code,"
                        + " refresh, client credentials, token exchange and the other grants.",
                McpResourceIndicatorConfiguration.SETTINGS);
    }

    @Override
    public ClientPolicyExecutorProvider<?> create(KeycloakSession session) {
        return new McpResourceIndicatorExecutor(session);
    }

    @Override
    public Map<String, String> getOperationalInfo() {
        return ExtensionInfo.operational();
    }
}

package dev.keycloakmcp.machine.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.policy.McpExecutorIds;
import dev.keycloakmcp.policy.provider.McpExecutorFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProvider;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProviderFactory;

/** Makes {@link McpClientCredentialsExecutor}. */
@AutoService(ClientPolicyExecutorProviderFactory.class)
public final class McpClientCredentialsExecutorFactory extends McpExecutorFactory {

    public McpClientCredentialsExecutorFactory() {
        super(
                McpExecutorIds.CLIENT_CREDENTIALS,
                "An agent's machine token (client credentials grant) is good for one MCP server, the scopes it asked for,"
                        + " and a short time. There is no refresh token.",
                McpClientCredentialsConfiguration.SETTINGS);
    }

    @Override
    public ClientPolicyExecutorProvider<?> create(KeycloakSession session) {
        return new McpClientCredentialsExecutor(session);
    }
}

package dev.keycloakmcp.actor.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.policy.McpExecutorIds;
import dev.keycloakmcp.policy.provider.McpExecutorFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProvider;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProviderFactory;

/** Makes {@link McpDelegationExecutor}. */
@AutoService(ClientPolicyExecutorProviderFactory.class)
public final class McpDelegationExecutorFactory extends McpExecutorFactory {

    public McpDelegationExecutorFactory() {
        super(
                McpExecutorIds.DELEGATION,
                "Delegation by token exchange (RFC 8693): the actor is proven, may_act is enforced, every token says who"
                        + " acts for whom through the whole chain, for one MCP server and a short time.",
                McpDelegationConfiguration.SETTINGS);
    }

    @Override
    public ClientPolicyExecutorProvider<?> create(KeycloakSession session) {
        return new McpDelegationExecutor(session);
    }
}

package dev.keycloakmcp.policy.provider;

import java.util.List;
import java.util.stream.Stream;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProviderFactory;

/** What factories of MCP executors have in common. */
public abstract class McpExecutorFactory implements ClientPolicyExecutorProviderFactory {

    /** The properties of every MCP executor, then those of this one. */
    protected static List<ProviderConfigProperty> properties(List<ProviderConfigProperty> own) {
        return Stream.concat(McpExecutorConfiguration.properties().stream(), own.stream())
                .toList();
    }

    @Override
    public void init(Config.Scope config) {}

    @Override
    public void postInit(KeycloakSessionFactory factory) {}

    @Override
    public void close() {}
}

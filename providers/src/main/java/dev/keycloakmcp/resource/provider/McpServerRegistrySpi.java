package dev.keycloakmcp.resource.provider;

import com.google.auto.service.AutoService;
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderFactory;
import org.keycloak.provider.Spi;

/** Names the registry of MCP servers to Keycloak. */
@AutoService(Spi.class)
public final class McpServerRegistrySpi implements Spi {

    @Override
    public boolean isInternal() {
        return false;
    }

    @Override
    public String getName() {
        return "mcp-server-registry";
    }

    @Override
    public Class<? extends Provider> getProviderClass() {
        return McpServerRegistry.class;
    }

    @Override
    public Class<? extends ProviderFactory<?>> getProviderFactoryClass() {
        return McpServerRegistryFactory.class;
    }
}

package dev.keycloakmcp.resource.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.UnconfiguredFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;

/** Holds the node's cache of MCP servers. */
@AutoService(McpServerRegistryFactory.class)
public final class McpServerRegistryFactory implements UnconfiguredFactory<McpServerRegistry> {

    static final String PROVIDER_ID = "default";

    private final McpServerCache cache = new McpServerCache();

    @Override
    public McpServerRegistry create(KeycloakSession session) {
        return new JpaMcpServerRegistry(session, cache);
    }

    @Override
    public void postInit(KeycloakSessionFactory factory) {
        factory.register(new McpServerInvalidation(cache));
    }

    @Override
    public String getId() {
        return PROVIDER_ID;
    }
}

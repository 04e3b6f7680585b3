package dev.keycloakmcp.resource.provider;

import dev.keycloakmcp.resource.McpServers;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.Provider;

/** The MCP servers of a realm, cached; a warm look-up asks no database. */
public interface McpServerRegistry extends Provider {

    /** The enabled MCP servers of the realm, as this transaction sees them. */
    McpServers servers(RealmModel realm);

    /** True when a client of the realm has that {@code resource_url}, also one that is disabled; asks the database. */
    boolean isDeclared(RealmModel realm, String resourceUrl);

    /** The servers of the realm of the current request. */
    static McpServers of(KeycloakSession session) {
        return session.getProvider(McpServerRegistry.class)
                .servers(session.getContext().getRealm());
    }

    @Override
    default void close() {}
}

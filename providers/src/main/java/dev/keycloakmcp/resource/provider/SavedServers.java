package dev.keycloakmcp.resource.provider;

import dev.keycloakmcp.resource.McpAttributes;
import dev.keycloakmcp.resource.McpServers;
import dev.keycloakmcp.resource.ResourcePattern;
import java.util.Collection;
import java.util.Optional;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** Finds patterns of MCP servers that an administrator cannot mean. */
public final class SavedServers {

    private final McpServers servers;

    private SavedServers(McpServers servers) {
        this.servers = servers;
    }

    public static SavedServers of(KeycloakSession session, RealmModel realm) {
        return new SavedServers(session.getProvider(McpServerRegistry.class).servers(realm));
    }

    /**
     * The fault of the first wrong pattern. A pattern that matches no server is wrong only where the realm has
     * servers: an import may bring them later.
     */
    public Optional<String> problem(Collection<String> patterns) {
        return patterns.stream().flatMap(text -> problem(text).stream()).findFirst();
    }

    private Optional<String> problem(String text) {
        Optional<ResourcePattern> pattern = ResourcePattern.parse(text);
        if (pattern.isEmpty()) {
            return Optional.of("'" + text + "' is neither * nor an http or https URI");
        }
        boolean known = servers.all().isEmpty()
                || servers.all().stream().anyMatch(server -> pattern.get().matches(server.indicator()));
        return known
                ? Optional.empty()
                : Optional.of("no MCP server of this realm has the URI '" + text + "'; give its client the attribute "
                        + McpAttributes.RESOURCE_URL + " first");
    }
}

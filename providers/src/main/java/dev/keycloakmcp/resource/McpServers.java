package dev.keycloakmcp.resource;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The enabled MCP servers of a realm at one moment, indexed for look-ups that take the same time with one server and
 * with thousands.
 */
public final class McpServers {

    private static final McpServers NONE = new McpServers(List.of());

    private final List<McpServer> all;
    private final Map<ResourceIndicator, List<McpServer>> byIndicator = new HashMap<>();
    private final Map<String, Set<McpServer>> byScope = new HashMap<>();
    private final Map<String, McpServer> byClientId = new HashMap<>();

    private McpServers(Collection<McpServer> servers) {
        this.all = List.copyOf(servers);
        for (McpServer server : all) {
            byIndicator.merge(server.indicator(), List.of(server), McpServers::concat);
            byClientId.put(server.clientId(), server);
            for (String scope : server.scopes()) {
                byScope.computeIfAbsent(scope, s -> new LinkedHashSet<>()).add(server);
            }
        }
    }

    /** A realm without MCP servers. */
    public static McpServers none() {
        return NONE;
    }

    public static McpServers of(Collection<McpServer> servers) {
        return servers.isEmpty() ? NONE : new McpServers(servers);
    }

    /** All servers, in no particular order. */
    public List<McpServer> all() {
        return all;
    }

    /** The servers that claim a URI: none, one, or by a mistake of the administrator several. */
    public List<McpServer> claiming(ResourceIndicator indicator) {
        return byIndicator.getOrDefault(indicator, List.of());
    }

    /** The server that a client is. */
    public Optional<McpServer> ofClient(String clientId) {
        return Optional.ofNullable(byClientId.get(clientId));
    }

    /** True when any server understands the scope. */
    public boolean isMcpScope(String scope) {
        return byScope.containsKey(scope);
    }

    /** The servers that understand at least one of the scopes. */
    public Set<McpServer> owningAnyOf(Collection<String> scopes) {
        Map<String, McpServer> owners = new LinkedHashMap<>();
        for (String scope : scopes) {
            for (McpServer server : byScope.getOrDefault(scope, Set.of())) {
                owners.put(server.id(), server);
            }
        }
        return new LinkedHashSet<>(owners.values());
    }

    private static List<McpServer> concat(List<McpServer> some, List<McpServer> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }
}

package dev.keycloakmcp.resource;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/** MCP servers for tests. */
public final class Servers {

    public static final McpServer CRM =
            server("crm", "https://crm.example.com/mcp", "crm:read", "crm:write", "mcp:tools");
    public static final McpServer BILLING =
            server("billing", "https://billing.example.com/mcp/", "billing:read", "mcp:tools");
    public static final McpServers BOTH = McpServers.of(List.of(CRM, BILLING));

    private Servers() {}

    public static McpServer server(String clientId, String url, String... scopes) {
        return new McpServer(
                "id-" + clientId, clientId, url, ResourceIndicator.parse(url).orElseThrow(), Set.of(scopes));
    }

    /** A request of a client to which the scopes are assigned. */
    public static TargetRequest request(Set<String> assigned, Set<String> requested, String... resources) {
        return new TargetRequest(
                List.of(resources), List.of(), Optional.empty(), requested, assigned, Optional.empty());
    }
}

package dev.keycloakmcp.admin;

import dev.keycloakmcp.resource.ResourceIndicator;
import java.util.List;
import java.util.Optional;

/**
 * A client that is configured as an MCP server, right or wrong.
 *
 * @param clientId the client id
 * @param enabled true when the client is enabled
 * @param resourceUrl the URI as configured
 * @param scopes the names as configured
 */
public record ServerFacts(String clientId, boolean enabled, String resourceUrl, List<String> scopes) {

    public ServerFacts {
        scopes = List.copyOf(scopes);
    }

    Optional<ResourceIndicator> indicator() {
        return ResourceIndicator.parse(resourceUrl);
    }
}

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
 * @param selfDeclared true when the client holds a registration access token of Keycloak's own endpoints, so that it said
 *     itself that it is this server
 */
public record ServerFacts(
        String clientId, boolean enabled, String resourceUrl, List<String> scopes, boolean selfDeclared) {

    public ServerFacts {
        scopes = List.copyOf(scopes);
    }

    public Optional<ResourceIndicator> indicator() {
        return ResourceIndicator.parse(resourceUrl);
    }
}

package dev.keycloakmcp.resource;

import java.util.Set;

/**
 * An MCP server of a realm: a client that is a protected resource (RFC 9728).
 *
 * @param id Keycloak's internal id of the client
 * @param clientId the client id
 * @param resourceUrl the canonical URI exactly as registered; what tokens carry as {@code aud}
 * @param indicator the URI in comparable form
 * @param scopes names of the client scopes that the server understands
 */
public record McpServer(
        String id, String clientId, String resourceUrl, ResourceIndicator indicator, Set<String> scopes) {

    public McpServer {
        scopes = Set.copyOf(scopes);
    }

    /** True when the server understands a scope. */
    public boolean owns(String scope) {
        return scopes.contains(scope);
    }
}

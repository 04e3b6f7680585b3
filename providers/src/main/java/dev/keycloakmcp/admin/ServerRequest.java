package dev.keycloakmcp.admin;

import java.util.List;
import java.util.Map;

/**
 * An MCP server as an administrator describes it.
 *
 * @param clientId of its client
 * @param resource its URI, which tokens carry
 * @param scopes names of the client scopes that it understands
 * @param texts words of the consent page, by the name of the scope
 */
public record ServerRequest(String clientId, String resource, List<String> scopes, Map<String, String> texts) {

    public ServerRequest {
        scopes = List.copyOf(scopes);
        texts = Map.copyOf(texts);
    }
}

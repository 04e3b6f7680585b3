package dev.keycloakmcp.admin;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The realm as it is, as far as it matters for one MCP server or agent.
 *
 * @param client the client of that name, if there is one
 * @param namesAccount true when that name is the id of an account
 * @param scopes the client scopes of the request, by name; those that are missing are left out
 * @param servers all clients that are configured as MCP servers
 * @param assigned names of client scopes that a client or the realm's defaults have
 * @param defaults names of client scopes that every new client has
 */
public record MeshState(
        Optional<ClientState> client,
        boolean namesAccount,
        Map<String, ScopeState> scopes,
        List<ServerFacts> servers,
        Set<String> assigned,
        Set<String> defaults) {

    public MeshState {
        scopes = Map.copyOf(scopes);
        servers = List.copyOf(servers);
        assigned = Set.copyOf(assigned);
        defaults = Set.copyOf(defaults);
    }
}

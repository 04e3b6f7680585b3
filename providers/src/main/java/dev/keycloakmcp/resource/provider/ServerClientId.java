package dev.keycloakmcp.resource.provider;

import dev.keycloakmcp.resource.ResourceIndicator;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;

/**
 * Ids of clients that are the URI of an MCP server. The audience of ID tokens is the client id: a server that looks at
 * signature and audience alone takes those of such a client for access tokens.
 */
public final class ServerClientId {

    public static final String DETAIL = "The client id is the URI of an MCP server that is another client.";

    private ServerClientId() {}

    /** True when an id is the URI of a server of the realm, also one that is disabled. */
    public static boolean isDeclared(KeycloakSession session, String clientId) {
        return ResourceIndicator.parse(clientId)
                .filter(uri -> !McpServerRegistry.of(session).claiming(uri).isEmpty()
                        || session.getProvider(McpServerRegistry.class)
                                .isDeclared(session.getContext().getRealm(), clientId))
                .isPresent();
    }

    /** True when the id of a client is the URI of an enabled server that is another client, and not its own. */
    public static boolean isAnothers(KeycloakSession session, ClientModel client) {
        return ResourceIndicator.parse(client.getClientId())
                .map(McpServerRegistry.of(session)::claiming)
                .filter(claiming -> !claiming.isEmpty()
                        && claiming.stream().noneMatch(server -> server.id().equals(client.getId())))
                .isPresent();
    }
}

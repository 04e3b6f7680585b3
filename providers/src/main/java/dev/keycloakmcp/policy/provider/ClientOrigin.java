package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.resource.McpAttributes;
import java.util.HashMap;
import org.keycloak.models.ClientModel;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oauth2.cimd.provider.AbstractPersistentClientIdMetadataDocumentProvider;
import org.keycloak.representations.idm.ClientRepresentation;

/** How a client came into the realm: an administrator made it, or it introduced itself in one of three ways. */
public final class ClientOrigin {

    private static final String MARKED = Boolean.TRUE.toString();

    private ClientOrigin() {}

    /** True when a client registered at the {@code mcp} endpoint. */
    public static boolean isRegistered(ClientModel client) {
        return client.getAttribute(McpAttributes.REGISTRATION) != null;
    }

    /** True when a client came from a client id metadata document (CIMD). */
    public static boolean isMetadataDocument(ClientModel client) {
        return client.getAttribute(AbstractPersistentClientIdMetadataDocumentProvider.CIMD_CACHE_EXPIRY_TIME_IN_SEC)
                != null;
    }

    /**
     * True when a client may change itself, or could. Keycloak gives who registers at an endpoint of its own, or is let by an
     * administrator, a token for that. It exports no such token, so that a client that comes back by an import has its mark
     * alone.
     */
    public static boolean changesItself(ClientModel client) {
        return client.getRegistrationToken() != null || client.getAttribute(McpAttributes.SELF_REGISTERED) != null;
    }

    /** Marks a client that registers or changes itself, as it is stored. */
    public static void mark(ClientRepresentation client) {
        if (client.getAttributes() == null) {
            client.setAttributes(new HashMap<>());
        }
        client.getAttributes().put(McpAttributes.SELF_REGISTERED, MARKED);
    }

    /** Marks those of a realm that did so before it used MCP policies. */
    public static void mark(RealmModel realm) {
        realm.getClientsStream()
                .filter(client -> changesItself(client) && !isRegistered(client))
                .filter(client -> client.getAttribute(McpAttributes.SELF_REGISTERED) == null)
                .toList()
                .forEach(client -> client.setAttribute(McpAttributes.SELF_REGISTERED, MARKED));
    }

    /** True when a client tells of itself what people and servers read of it. */
    public static boolean isSelfDeclared(ClientModel client) {
        return isRegistered(client) || isMetadataDocument(client) || changesItself(client);
    }
}

package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.resource.McpAttributes;
import org.keycloak.models.ClientModel;
import org.keycloak.protocol.oauth2.cimd.provider.AbstractPersistentClientIdMetadataDocumentProvider;

/** How a client came into the realm: an administrator made it, or it introduced itself in one of three ways. */
public final class ClientOrigin {

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
     * True when a client may change itself. Keycloak gives who registers at an endpoint of its own, or is let by an
     * administrator, a token for that.
     */
    public static boolean changesItself(ClientModel client) {
        return client.getRegistrationToken() != null;
    }

    /** True when a client tells of itself what people and servers read of it. */
    public static boolean isSelfDeclared(ClientModel client) {
        return isRegistered(client) || isMetadataDocument(client) || changesItself(client);
    }
}

package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.resource.McpAttributes;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * Client ids of registered clients that an administrator suspended and then deleted. As an id follows from the metadata, the
 * same registration would give it out again, and with it life to tokens that the client acted in.
 */
final class StoppedClients {

    private static final String KEY = "mcp-stopped-client:";

    /** Longer than tokens and sessions live by Keycloak's defaults. */
    private static final long REMEMBERED_SECONDS = TimeUnit.DAYS.toSeconds(60);

    private StoppedClients() {}

    /** A client is being removed, by whomever. */
    static void removed(ClientModel.ClientRemovedEvent event) {
        ClientModel client = event.getClient();
        if (client.getAttribute(McpAttributes.SUSPENDED) != null
                && Provenance.of(client).isPresent()) {
            event.getKeycloakSession()
                    .singleUseObjects()
                    .put(key(client.getRealm(), client.getClientId()), REMEMBERED_SECONDS, Map.of());
        }
    }

    static boolean contain(KeycloakSession session, RealmModel realm, String clientId) {
        return session.singleUseObjects().contains(key(realm, clientId));
    }

    private static String key(RealmModel realm, String clientId) {
        return KEY + realm.getId() + ":" + clientId;
    }
}

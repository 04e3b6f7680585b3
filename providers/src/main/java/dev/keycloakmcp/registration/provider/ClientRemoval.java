package dev.keycloakmcp.registration.provider;

import org.keycloak.events.Details;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.managers.ClientManager;
import org.keycloak.services.managers.RealmManager;

/** The removal of registered clients that nobody asked for: by expiry, or to make room for others. */
final class ClientRemoval {

    private ClientRemoval() {}

    /**
     * Removes a client with its sessions and consents, and says so in an event.
     *
     * @param event an event without a type
     * @return false where the client is gone already
     */
    static boolean remove(KeycloakSession session, ClientModel client, EventBuilder event, String reason) {
        String clientId = client.getClientId();
        boolean removed = new ClientManager(new RealmManager(session)).removeClient(client.getRealm(), client);
        if (removed) {
            event.event(EventType.CLIENT_DELETE)
                    .client(clientId)
                    .detail(Details.REASON, reason)
                    .success();
        }
        return removed;
    }
}

package dev.keycloakmcp.support.provider;

import jakarta.persistence.EntityManager;
import org.jspecify.annotations.Nullable;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.cache.CacheRealmProvider;
import org.keycloak.models.jpa.entities.ClientEntity;

/** The clients that a session has loaded. A request that looked at one before it got the lock has to look again. */
public final class LoadedClients {

    private LoadedClients() {}

    /** Makes the session forget what it knows of a client that it has not changed: the next look-up reads the database. */
    public static void forget(KeycloakSession session, ClientModel client) {
        EntityManager entities =
                session.getProvider(JpaConnectionProvider.class).getEntityManager();
        ClientEntity known = entities.find(ClientEntity.class, client.getId());
        if (known != null) {
            known.getAttributes().forEach(entities::detach);
            entities.detach(known);
        }
        changed(session, client);
    }

    /**
     * Tells the realm cache, on all nodes, that a client is different when the request has ended. The cache does not see by
     * itself what a request changes after it has added a client scope.
     */
    public static void changed(KeycloakSession session, ClientModel client) {
        @Nullable CacheRealmProvider cache = session.getProvider(CacheRealmProvider.class);
        if (cache != null) {
            cache.registerClientInvalidation(
                    client.getId(), client.getClientId(), client.getRealm().getId());
        }
    }
}

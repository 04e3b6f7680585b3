package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.support.provider.ClusterLock;
import jakarta.persistence.EntityManager;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.RealmModel;
import org.keycloak.models.cache.CachedRealmModel;
import org.keycloak.models.jpa.entities.RealmEntity;

/** The lock on the set-up of a realm. */
final class RealmLock {

    private RealmLock() {}

    /** Takes the lock until the request has ended. The realm is then as whoever had the lock before left it. */
    static void take(AdminRequest request) {
        RealmModel realm = request.realm();
        ClusterLock.of(request.session())
                .hold(
                        "mcp-setup:" + realm.getId(),
                        () -> AdminRequest.busy("Another request is changing the set-up of the realm; try again"));
        EntityManager entities =
                request.session().getProvider(JpaConnectionProvider.class).getEntityManager();
        entities.refresh(entities.find(RealmEntity.class, realm.getId()));
        if (realm instanceof CachedRealmModel cached) {
            // reads from the database from now on
            cached.getDelegateForUpdate();
        }
    }
}

package dev.keycloakmcp.audit.provider;

import java.util.List;
import java.util.Optional;
import org.keycloak.common.util.Time;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.timer.ScheduledTask;

/** Counts the rows of days that are over, each day in a transaction of its own; one node of a cluster does it for all. */
final class DayCounting implements ScheduledTask {

    /** Keycloak's timer does other work, too. */
    private static final int MOST_DAYS = 40;

    private static final String REALMS = "select r.id from RealmEntity r join r.eventsListeners l where l = :listener";

    @Override
    public void run(KeycloakSession session) {
        List<String> realms = session.getProvider(JpaConnectionProvider.class)
                .getEntityManager()
                .createQuery(REALMS, String.class)
                .setParameter("listener", AuditEventListenerFactory.PROVIDER_ID)
                .getResultList();
        realms.forEach(realmId -> count(session.getKeycloakSessionFactory(), realmId));
    }

    private static void count(KeycloakSessionFactory factory, String realmId) {
        boolean more = true;
        for (int day = 0; more && day < MOST_DAYS; day++) {
            more = KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> countDay(session, realmId));
        }
    }

    private static boolean countDay(KeycloakSession session, String realmId) {
        DayCounts counts =
                new DayCounts(session.getProvider(JpaConnectionProvider.class).getEntityManager(), realmId);
        Optional<DayCounts.Known> known = counts.known();
        if (known.isEmpty()) {
            counts.begin();
            return false;
        }
        boolean isOver = known.get().days().isNextOver(Time.currentTimeMillis());
        if (isOver) {
            counts.countDay(known.get().days());
        }
        return isOver;
    }
}

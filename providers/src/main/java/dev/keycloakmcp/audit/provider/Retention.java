package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.audit.RowId;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.keycloak.common.util.Time;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.ModelException;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.timer.ScheduledTask;

/** Removes rows that realms do not want to keep any longer, a few at a time; one node of a cluster does it for all. */
final class Retention implements ScheduledTask {

    static final int DEFAULT_INTERVAL_SECONDS = (int) TimeUnit.MINUTES.toSeconds(15);

    private static final Logger LOG = Logger.getLogger(Retention.class);

    private static final String REALMS = """
            select a.realm.id from RealmAttributeEntity a where a.name = :name
            """;
    private static final String OLD = """
            select e.id from AuditRowEntity e where e.realmId = :realm and e.id < :end order by e.id
            """;
    /** After all ids. */
    private static final String NEWEST = "g";

    private static final List<String> DELETE = List.of(
            "delete from AuditActorEntity a where a.rowId in (:ids)",
            "delete from AuditScopeEntity s where s.rowId in (:ids)",
            "delete from AuditRowEntity e where e.id in (:ids)");
    /** One look at an index for each realm, however many rows it has. */
    private static final String NEXT_REALM = "select min(e.realmId) from AuditRowEntity e where e.realmId > :realm";

    private static final String REALM = "select r.id from RealmEntity r where r.id = :realm";
    private static final String DELETE_JOURNAL = "delete from AuditJournalEntity j where j.realmId = :realm";

    @Override
    public void run(KeycloakSession session) {
        KeycloakSessionFactory factory = session.getKeycloakSessionFactory();
        entities(session)
                .createQuery(REALMS, String.class)
                .setParameter("name", AuditSettings.RETENTION_DAYS)
                .getResultList()
                .forEach(realmId -> purge(factory, realmId));
        removedRealms(entities(session)).forEach(realmId -> removeAll(factory, realmId));
    }

    /** Realms that have rows and do not exist: requests were under way, or rows being moved, when they were removed. */
    private static List<String> removedRealms(EntityManager entities) {
        return Stream.iterate(next(entities, ""), Optional::isPresent, realm -> next(entities, realm.orElse("")))
                .flatMap(Optional::stream)
                .filter(realm -> entities.createQuery(REALM, String.class)
                        .setParameter("realm", realm)
                        .getResultList()
                        .isEmpty())
                .toList();
    }

    private static Optional<String> next(EntityManager entities, String realmId) {
        return Optional.ofNullable(entities.createQuery(NEXT_REALM, String.class)
                .setParameter("realm", realmId)
                .getSingleResult());
    }

    private static void purge(KeycloakSessionFactory factory, String realmId) {
        int removed = 0;
        int batch;
        do {
            batch = KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> {
                RealmModel realm = session.realms().getRealm(realmId);
                return realm == null ? 0 : purge(session, realm);
            });
            removed += batch;
        } while (batch == RowQuery.MOST_IN_LIST);
        if (removed > 0) {
            LOG.infof("Removed %d rows of the audit trail of realm %s", removed, realmId);
        }
    }

    private static int purge(KeycloakSession session, RealmModel realm) {
        int days = AuditSettings.retentionDays(realm).orElse(0);
        if (days == 0) {
            return 0;
        }
        return remove(session, realm.getId(), RowId.least(Time.currentTimeMillis() - TimeUnit.DAYS.toMillis(days)));
    }

    private static int remove(KeycloakSession session, String realmId, String end) {
        EntityManager entities = entities(session);
        List<String> ids = entities.createQuery(OLD, String.class)
                .setParameter("realm", realmId)
                .setParameter("end", end)
                .setMaxResults(RowQuery.MOST_IN_LIST)
                .getResultList();
        if (!ids.isEmpty()) {
            DELETE.forEach(query ->
                    entities.createQuery(query).setParameter("ids", ids).executeUpdate());
        }
        return ids.size();
    }

    /**
     * The audit trail of a realm ends with the realm, when that is gone: rows that others write or move at the moment neither
     * hold up the removal nor stay after it.
     */
    static void removeAll(KeycloakSession session, RealmModel realm) {
        KeycloakSessionFactory factory = session.getKeycloakSessionFactory();
        String realmId = realm.getId();
        session.getTransactionManager()
                .enlistAfterCompletion(new CommittedRows.WhenCommitted(() -> removeAll(factory, realmId)));
    }

    /** The journal first: who moves its rows at the moment has moved them then. */
    private static void removeAll(KeycloakSessionFactory factory, String realmId) {
        try {
            KeycloakModelUtils.runJobInTransaction(factory, session -> entities(session)
                    .createQuery(DELETE_JOURNAL)
                    .setParameter("realm", realmId)
                    .executeUpdate());
            int batch;
            do {
                batch = KeycloakModelUtils.runJobInTransactionWithResult(
                        factory, session -> remove(session, realmId, NEWEST));
            } while (batch == RowQuery.MOST_IN_LIST);
        } catch (PersistenceException | ModelException e) {
            LOG.warnf(e, "Could not remove the rows of the audit trail of realm %s, which is gone; next time", realmId);
        }
    }

    private static EntityManager entities(KeycloakSession session) {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}

package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.audit.RowId;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.keycloak.common.util.Time;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
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
    private static final List<String> DELETE = List.of(
            "delete from AuditActorEntity a where a.rowId in (:ids)",
            "delete from AuditScopeEntity s where s.rowId in (:ids)",
            "delete from AuditRowEntity e where e.id in (:ids)");
    /** The journal first: who moves its rows at the moment has moved them then. */
    private static final List<String> DELETE_REALM = List.of(
            "delete from AuditJournalEntity j where j.realmId = :realm",
            "delete from AuditActorEntity a where a.realmId = :realm",
            "delete from AuditScopeEntity s where s.realmId = :realm",
            "delete from AuditRowEntity e where e.realmId = :realm");

    @Override
    public void run(KeycloakSession session) {
        KeycloakSessionFactory factory = session.getKeycloakSessionFactory();
        entities(session)
                .createQuery(REALMS, String.class)
                .setParameter("name", AuditSettings.RETENTION_DAYS)
                .getResultList()
                .forEach(realmId -> purge(factory, realmId));
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
        EntityManager entities = entities(session);
        List<String> ids = entities.createQuery(OLD, String.class)
                .setParameter("realm", realm.getId())
                .setParameter("end", RowId.least(Time.currentTimeMillis() - TimeUnit.DAYS.toMillis(days)))
                .setMaxResults(RowQuery.MOST_IN_LIST)
                .getResultList();
        if (!ids.isEmpty()) {
            DELETE.forEach(query ->
                    entities.createQuery(query).setParameter("ids", ids).executeUpdate());
        }
        return ids.size();
    }

    /** The audit trail of a realm ends with the realm. */
    static void removeAll(KeycloakSession session, RealmModel realm) {
        EntityManager entities = entities(session);
        DELETE_REALM.forEach(query ->
                entities.createQuery(query).setParameter("realm", realm.getId()).executeUpdate());
    }

    private static EntityManager entities(KeycloakSession session) {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}

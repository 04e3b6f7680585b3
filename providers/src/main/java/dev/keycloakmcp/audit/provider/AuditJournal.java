package dev.keycloakmcp.audit.provider;

import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.TypedQuery;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.ModelException;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * The rows that requests wrote and nobody moved yet to the tables that questions read. A row is always in one of the two:
 * it is deleted here and inserted there in one transaction. Whoever locks it moves it, so that nodes need not agree who
 * does; nobody waits for a lock, but leaves the rows to who has it.
 */
final class AuditJournal {

    /** The most rows of a transaction. */
    private static final int BATCH = 250;

    /** The most inserts of a transaction, but for a single row that needs more: so that each is short. */
    static final int MOST_INSERTS = 500;

    /** As Hibernate names it: databases that cannot skip rows that are locked wait for them. */
    private static final int SKIP_LOCKED = -2;

    private static final String OLDEST = "select j.id from AuditJournalEntity j order by j.id";
    private static final String OLDEST_OF_REALM =
            "select j.id from AuditJournalEntity j where j.realmId = :realm and j.id <= :last order by j.id";
    private static final String FREE = "select j from AuditJournalEntity j where j.id in (:ids) order by j.id";
    private static final String DELETE = "delete from AuditJournalEntity j where j.id in (:ids)";
    private static final String REALMS = "select r.id from RealmEntity r where r.id in (:ids)";

    private final KeycloakSessionFactory factory;

    AuditJournal(KeycloakSessionFactory factory) {
        this.factory = factory;
    }

    /** The fate of a batch. */
    enum Moved {
        /** There may be more. */
        BATCH,
        /** There were no more. */
        ALL,
        /** Somebody else moves the same rows. */
        NONE
    }

    /** Moves the oldest rows of all realms. */
    Moved move() {
        return move(entities -> entities.createQuery(OLDEST, String.class));
    }

    /**
     * Moves the oldest rows of a realm.
     *
     * @param last id of the newest that is to be moved
     */
    Moved move(String realmId, String last) {
        return move(entities -> entities.createQuery(OLDEST_OF_REALM, String.class)
                .setParameter("realm", realmId)
                .setParameter("last", last));
    }

    private Moved move(Function<EntityManager, TypedQuery<String>> oldest) {
        try {
            return KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> move(session, oldest));
        } catch (PersistenceException | ModelException e) {
            if (LockConflict.is(e)) {
                return Moved.NONE;
            }
            throw e;
        }
    }

    private static Moved move(KeycloakSession session, Function<EntityManager, TypedQuery<String>> oldest) {
        EntityManager entities =
                session.getProvider(JpaConnectionProvider.class).getEntityManager();
        List<String> ids = oldest.apply(entities).setMaxResults(BATCH).getResultList();
        if (ids.isEmpty()) {
            return Moved.ALL;
        }
        List<AuditJournalEntity> free = entities.createQuery(FREE, AuditJournalEntity.class)
                .setParameter("ids", ids)
                .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                .setHint("jakarta.persistence.lock.timeout", SKIP_LOCKED)
                .getResultList();
        free.forEach(entities::detach);
        List<ExpandedRow> rows = ExpandedRow.first(MOST_INSERTS, free);
        if (rows.isEmpty()) {
            return Moved.NONE;
        }
        int deleted = entities.createQuery(DELETE)
                .setParameter("ids", rows.stream().map(ExpandedRow::id).toList())
                .executeUpdate();
        if (deleted < rows.size()) {
            session.getTransactionManager().setRollbackOnly();
            return Moved.NONE;
        }
        Set<String> realms = realms(entities, rows);
        // Rows of requests that were under way when their realm was removed.
        rows.stream()
                .filter(row -> realms.contains(row.realmId()))
                .flatMap(row -> row.entities().stream())
                .forEach(entities::persist);
        entities.flush();
        return rows.size() == ids.size() && ids.size() < BATCH ? Moved.ALL : Moved.BATCH;
    }

    /** Those that exist. */
    private static Set<String> realms(EntityManager entities, List<ExpandedRow> rows) {
        return new HashSet<>(entities.createQuery(REALMS, String.class)
                .setParameter(
                        "ids",
                        rows.stream().map(ExpandedRow::realmId).distinct().toList())
                .getResultList());
    }
}

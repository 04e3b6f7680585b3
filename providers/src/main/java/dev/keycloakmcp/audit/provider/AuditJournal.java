package dev.keycloakmcp.audit.provider;

import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.ModelException;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * The rows that requests wrote and nobody moved yet to the tables that questions read. A row is always in one of the two:
 * it is deleted here and inserted there in one transaction. Whoever deletes it moves it, so that nodes need not agree who
 * does: of two that read the same rows the second deletes none, and gives up.
 */
public final class AuditJournal {

    private static final int BATCH = RowQuery.MOST_IN_LIST;

    /** The longest that a question waits for the rows before it. */
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private static final int MOST_FAILURES = 3;

    private static final String WAITING = "select j.id from AuditJournalEntity j where j.realmId = :realm";
    private static final String OLDEST = "select j from AuditJournalEntity j order by j.id";
    private static final String DELETE = "delete from AuditJournalEntity j where j.id in (:ids)";

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

    /**
     * Asks a question after all rows of a realm have been moved that were written before.
     *
     * @param busy what to throw where that takes too long
     * @param question of the session that it is given: where rows were moved, a database may not show them to the transaction
     *     of the request any more
     */
    public static <T, X extends Exception> T ask(
            KeycloakSession session, RealmModel realm, Supplier<X> busy, Function<KeycloakSession, T> question)
            throws X {
        if (!isWaiting(session, realm)) {
            return question.apply(session);
        }
        KeycloakSessionFactory factory = session.getKeycloakSessionFactory();
        AuditJournal journal = new AuditJournal(factory);
        long end = System.nanoTime() + LONGEST.toNanos();
        int failures = 0;
        Moved moved = Moved.NONE;
        while (moved != Moved.ALL) {
            if (System.nanoTime() - end > 0) {
                throw busy.get();
            }
            try {
                moved = journal.move();
            } catch (PersistenceException | ModelException e) {
                // Databases end one of several transactions that wait for each other.
                if (++failures == MOST_FAILURES) {
                    throw e;
                }
            }
        }
        return KeycloakModelUtils.runJobInTransactionWithResult(factory, question::apply);
    }

    private static boolean isWaiting(KeycloakSession session, RealmModel realm) {
        return !entities(session)
                .createQuery(WAITING, String.class)
                .setParameter("realm", realm.getId())
                .setMaxResults(1)
                .getResultList()
                .isEmpty();
    }

    /** Moves the oldest rows of all realms. */
    Moved move() {
        return KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> {
            EntityManager entities = entities(session);
            List<AuditJournalEntity> rows = entities.createQuery(OLDEST, AuditJournalEntity.class)
                    .setHint(AuditTrail.READ_ONLY, true)
                    .setMaxResults(BATCH)
                    .getResultList();
            if (rows.isEmpty()) {
                return Moved.ALL;
            }
            rows.forEach(entities::detach);
            int deleted = entities.createQuery(DELETE)
                    .setParameter("ids", rows.stream().map(row -> row.id).toList())
                    .executeUpdate();
            if (deleted < rows.size()) {
                session.getTransactionManager().setRollbackOnly();
                return Moved.NONE;
            }
            RowWriter writer = new RowWriter(session);
            rows.forEach(row -> writer.expand(row.realmId, RowReader.read(row)));
            entities.flush();
            return rows.size() < BATCH ? Moved.ALL : Moved.BATCH;
        });
    }

    private static EntityManager entities(KeycloakSession session) {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}

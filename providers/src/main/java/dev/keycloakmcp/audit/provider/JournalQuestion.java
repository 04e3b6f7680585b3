package dev.keycloakmcp.audit.provider;

import jakarta.persistence.PersistenceException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ModelException;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/** Asks the audit trail of a realm after all rows of the realm have been moved from the journal that were written before. */
public final class JournalQuestion {

    private static final Logger LOG = Logger.getLogger(JournalQuestion.class);

    /** The longest that a question waits for the rows before it. */
    private static final Duration LONGEST = Duration.ofSeconds(10);

    /** The same where the answer is a part of something that goes on without it. */
    private static final Duration LONGEST_OF_PART = Duration.ofSeconds(2);

    private static final int MOST_FAILURES = 3;

    /** Between two looks at rows that somebody else moves; at least half of it. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final String LAST = "select max(j.id) from AuditJournalEntity j where j.realmId = :realm";

    private final KeycloakSession session;
    private final RealmModel realm;

    public JournalQuestion(KeycloakSession session, RealmModel realm) {
        this.session = session;
        this.realm = realm;
    }

    /** Rows were not moved in time. */
    private static final class UnansweredException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /**
     * The answer to a question.
     *
     * @param busy what to throw where that takes too long
     * @param question of the session that it is given: where rows were moved, a database may not show them to the transaction
     *     of the request any more
     */
    public <T, X extends Exception> T ask(Supplier<X> busy, Function<KeycloakSession, T> question) throws X {
        return ask(session, LONGEST, busy, question);
    }

    /** The answer to a question without which the request goes on; empty where there is none soon. */
    public <T> Optional<T> askForPart(Function<KeycloakSession, T> question) {
        try {
            // In another transaction: one in which anything failed can do nothing any more.
            return Optional.of(KeycloakModelUtils.runJobInTransactionWithResult(
                    session.getKeycloakSessionFactory(),
                    other -> ask(other, LONGEST_OF_PART, UnansweredException::new, question)));
        } catch (UnansweredException | PersistenceException | ModelException e) {
            LOG.warnf(e, "Could not ask the audit trail of realm %s: an answer lacks what it would say", realm.getId());
            return Optional.empty();
        }
    }

    private <T, X extends Exception> T ask(
            KeycloakSession first, Duration longest, Supplier<X> busy, Function<KeycloakSession, T> question) throws X {
        Optional<String> last = last(first);
        if (last.isEmpty()) {
            return question.apply(first);
        }
        AuditJournal journal = new AuditJournal(session.getKeycloakSessionFactory());
        long end = System.nanoTime() + longest.toNanos();
        int failures = 0;
        AuditJournal.Moved moved = AuditJournal.Moved.BATCH;
        while (moved != AuditJournal.Moved.ALL) {
            if (System.nanoTime() - end > 0) {
                throw busy.get();
            }
            try {
                moved = journal.move(realm.getId(), last.get());
            } catch (PersistenceException | ModelException e) {
                if (++failures == MOST_FAILURES) {
                    throw e;
                }
            }
            if (moved == AuditJournal.Moved.NONE) {
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(PAUSE_NANOS / 2, PAUSE_NANOS));
            }
        }
        return KeycloakModelUtils.runJobInTransactionWithResult(session.getKeycloakSessionFactory(), question::apply);
    }

    /** Id of the newest row that waits; empty where none does. */
    private Optional<String> last(KeycloakSession first) {
        return Optional.ofNullable(first.getProvider(JpaConnectionProvider.class)
                .getEntityManager()
                .createQuery(LAST, String.class)
                .setParameter("realm", realm.getId())
                .getSingleResult());
    }
}

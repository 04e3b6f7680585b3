package dev.keycloakmcp.audit.provider;

import jakarta.persistence.PersistenceException;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.ModelException;
import org.keycloak.timer.ScheduledTask;

/**
 * Moves what is in the journal to where questions read it. Every node does, since the database tells them apart: so a node
 * that is killed, or that the others cannot reach, holds nobody up.
 */
final class JournalExpansion implements ScheduledTask {

    static final int DEFAULT_INTERVAL_SECONDS = 1;

    private static final Logger LOG = Logger.getLogger(JournalExpansion.class);

    /** So that a database that is out of order does not fill the log. */
    private static final Duration REST_AFTER_FAILURE = Duration.ofMinutes(1);

    private final Duration interval;
    /** Of {@code System.nanoTime()}; Keycloak's timer has one thread. */
    private long rest = System.nanoTime();

    JournalExpansion(Duration interval) {
        this.interval = interval;
    }

    /** No longer than it rests afterwards: Keycloak's timer does other work, too. */
    @Override
    public void run(KeycloakSession session) {
        long now = System.nanoTime();
        if (now - rest < 0) {
            return;
        }
        AuditJournal journal = new AuditJournal(session.getKeycloakSessionFactory());
        long end = now + interval.toNanos();
        try {
            AuditJournal.Moved moved;
            do {
                moved = journal.move();
            } while (moved == AuditJournal.Moved.BATCH && System.nanoTime() - end < 0);
        } catch (PersistenceException | ModelException e) {
            rest = System.nanoTime() + REST_AFTER_FAILURE.toNanos();
            LOG.error("Could not move rows of the audit trail from the journal; they stay there until it works", e);
        }
    }
}

package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.audit.AuditRow;
import dev.keycloakmcp.support.provider.TracedStep;
import jakarta.persistence.PersistenceException;
import java.util.List;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.ModelException;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Rows of what a request does, written as its transaction commits: in that transaction, so that nothing is done without its
 * row, or, where the realm goes on without rows, after it.
 */
final class CommittedRows {

    private static final Logger LOG = Logger.getLogger(CommittedRows.class);

    private CommittedRows() {}

    /**
     * Writes rows when the transaction of a session commits.
     *
     * @param rows asked for then, not before
     */
    static void write(KeycloakSession session, RealmModel realm, Supplier<List<AuditRow>> rows) {
        if (AuditSettings.goesOnWithoutRow(realm)) {
            session.getTransactionManager()
                    .enlistAfterCompletion(new WhenCommitted(
                            () -> writeApart(session.getKeycloakSessionFactory(), realm.getId(), rows.get())));
        } else {
            RowClients clients = new RowClients(session, realm);
            session.getTransactionManager()
                    .enlistPrepare(new WhenCommitted(() -> writeAll(session, clients, realm.getId(), rows.get())));
        }
    }

    private static void writeAll(KeycloakSession session, RowClients clients, String realmId, List<AuditRow> rows) {
        try (TracedStep step = TracedStep.begin(session, "audit.write")) {
            step.attribute("rows", Integer.toString(rows.size()));
            RowWriter writer = new RowWriter(session);
            rows.forEach(row -> writer.write(realmId, clients.complete(row)));
        }
    }

    private static void writeApart(KeycloakSessionFactory factory, String realmId, List<AuditRow> rows) {
        try {
            KeycloakModelUtils.runJobInTransaction(factory, other -> {
                RealmModel realm = other.realms().getRealm(realmId);
                if (realm != null) {
                    other.getContext().setRealm(realm);
                    writeAll(other, new RowClients(other, realm), realmId, rows);
                }
            });
        } catch (PersistenceException | ModelException e) {
            LOG.errorf(e, "Could not write %d rows of the audit trail of realm %s", rows.size(), realmId);
        }
    }

    /** Work that is done when a transaction commits, or has. */
    static final class WhenCommitted extends AbstractKeycloakTransaction {

        private final Runnable work;

        WhenCommitted(Runnable work) {
            this.work = work;
        }

        @Override
        protected void commitImpl() {
            work.run();
        }

        @Override
        protected void rollbackImpl() {}
    }
}

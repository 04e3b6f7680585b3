package dev.keycloakmcp.registration.provider;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.keycloak.common.util.Time;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.timer.ScheduledTask;

/** Cleans up all realms that let MCP clients register; one node of a cluster does it for all. */
final class ClientCleanUpTask implements ScheduledTask {

    static final int DEFAULT_INTERVAL_SECONDS = (int) TimeUnit.MINUTES.toSeconds(15);

    private static final Logger LOG = Logger.getLogger(ClientCleanUpTask.class);
    /** Clients removed in one transaction. */
    private static final int BATCH = 50;

    private final RegistrationMetrics metrics;

    ClientCleanUpTask(RegistrationMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void run(KeycloakSession session) {
        KeycloakSessionFactory factory = session.getKeycloakSessionFactory();
        RegisteredClients.realms(session).forEach(realmId -> {
            int removed = cleanUp(factory, realmId);
            if (removed > 0) {
                LOG.infof("Removed %d unused clients of realm %s", removed, realmId);
            }
        });
    }

    private int cleanUp(KeycloakSessionFactory factory, String realmId) {
        int removed = 0;
        int batch;
        do {
            batch = KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> {
                RealmModel realm = session.realms().getRealm(realmId);
                if (realm == null) {
                    return 0;
                }
                session.getContext().setRealm(realm);
                ClientCleanUp cleanUp = new ClientCleanUp(session, realm);
                List<ClientCleanUp.Expired> expired = cleanUp.expired(Time.currentTime()).stream()
                        .limit(BATCH)
                        .toList();
                return (int) expired.stream().filter(cleanUp::remove).count();
            });
            removed += batch;
        } while (batch > 0);
        KeycloakModelUtils.runJobInTransaction(factory, session -> {
            RealmModel realm = session.realms().getRealm(realmId);
            if (realm != null) {
                metrics.registeredClients(realm.getName(), new RegisteredClients(session, realm).count());
            }
        });
        return removed;
    }
}

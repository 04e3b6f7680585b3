package dev.keycloakmcp.registration.provider;

import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.timer.ScheduledTask;

/** Cleans up all realms that let MCP clients register; one node of a cluster does it for all. */
final class ClientCleanUpTask implements ScheduledTask {

    static final int DEFAULT_INTERVAL_SECONDS = (int) TimeUnit.MINUTES.toSeconds(15);

    private static final Logger LOG = Logger.getLogger(ClientCleanUpTask.class);

    @Override
    public void run(KeycloakSession session) {
        KeycloakSessionFactory factory = session.getKeycloakSessionFactory();
        RegisteredClients.realms(session).forEach(realmId -> {
            int removed = ClientCleanUp.removeAll(factory, realmId).size();
            if (removed > 0) {
                LOG.infof("Removed %d unused clients of realm %s", removed, realmId);
            }
        });
    }
}

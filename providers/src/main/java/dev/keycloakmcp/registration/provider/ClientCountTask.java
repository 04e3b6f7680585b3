package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.support.provider.RealmMeters;
import java.util.HashMap;
import java.util.Map;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.timer.ScheduledTask;

/** Counts the registered clients for the metrics; every node of a cluster does, as each is asked for its own. */
final class ClientCountTask implements ScheduledTask {

    private final RegistrationMetrics metrics;

    ClientCountTask(RegistrationMetrics metrics) {
        this.metrics = metrics;
    }

    @Override
    public void run(KeycloakSession session) {
        RealmMeters meters = RealmMeters.of(session);
        // What the removal of a realm says reaches one node.
        meters.forget(name -> session.realms().getRealmByName(name) == null);
        Map<String, Long> numbers = new HashMap<>();
        for (String realmId : RegisteredClients.realms(session)) {
            RealmModel realm = session.realms().getRealm(realmId);
            if (realm != null) {
                numbers.merge(meters.label(realm.getName()), new RegisteredClients(session, realm).count(), Long::sum);
            }
        }
        metrics.registeredClients(numbers);
    }
}

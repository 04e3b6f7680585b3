package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.support.provider.RepeatedTask;
import org.keycloak.models.ClientModel;
import org.keycloak.provider.ProviderEvent;
import org.keycloak.provider.ProviderEventListener;

/** Starts the tasks that registered clients need, and follows clients that are removed. */
final class RegistrationUpkeep implements ProviderEventListener {

    private final long intervalMillis;
    private final RegistrationMetrics metrics = new RegistrationMetrics();

    RegistrationUpkeep(long intervalMillis) {
        this.intervalMillis = intervalMillis;
    }

    @Override
    public void onEvent(ProviderEvent event) {
        RepeatedTask.inCluster(event, new ClientCleanUpTask(), intervalMillis);
        RepeatedTask.onEachNode(event, new ClientCountTask(metrics), intervalMillis);
        if (event instanceof ClientModel.ClientRemovedEvent removed) {
            StoppedClients.removed(removed);
        }
    }
}

package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.support.provider.RepeatedTask;
import org.keycloak.models.ClientModel;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.ProviderEvent;
import org.keycloak.provider.ProviderEventListener;

/** Starts the tasks that registered clients need, and follows clients that come and go. */
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
            ClientModel client = removed.getClient();
            new StoppedClients(removed.getKeycloakSession()).left(client, client.getClientId());
        } else if (event instanceof ClientModel.ClientIdChangeEvent changed) {
            new StoppedClients(changed.getKeycloakSession())
                    .left(changed.getUpdatedClient(), changed.getPreviousClientId());
        } else if (event instanceof ClientModel.ClientUpdatedEvent updated) {
            new StoppedClients(updated.getKeycloakSession()).arrived(updated.getUpdatedClient());
        } else if (event instanceof RealmModel.RealmRemovedEvent removed) {
            new StoppedClients(removed.getKeycloakSession()).forgetRealm(removed.getRealm());
        }
    }
}

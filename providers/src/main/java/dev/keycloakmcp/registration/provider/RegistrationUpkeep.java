package dev.keycloakmcp.registration.provider;

import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.models.utils.PostMigrationEvent;
import org.keycloak.provider.ProviderEvent;
import org.keycloak.provider.ProviderEventListener;
import org.keycloak.services.scheduled.ClusterAwareScheduledTaskRunner;
import org.keycloak.services.scheduled.ScheduledTaskRunner;
import org.keycloak.timer.TimerProvider;

/** Starts the tasks that registered clients need, and follows clients that are removed. */
final class RegistrationUpkeep implements ProviderEventListener {

    private final long intervalMillis;
    private final RegistrationMetrics metrics = new RegistrationMetrics();

    RegistrationUpkeep(long intervalMillis) {
        this.intervalMillis = intervalMillis;
    }

    @Override
    public void onEvent(ProviderEvent event) {
        if (event instanceof PostMigrationEvent started) {
            schedule(started.getFactory());
        } else if (event instanceof ClientModel.ClientRemovedEvent removed) {
            StoppedClients.removed(removed);
        }
    }

    private void schedule(KeycloakSessionFactory factory) {
        KeycloakModelUtils.runJobInTransaction(factory, session -> {
            TimerProvider timer = session.getProvider(TimerProvider.class);
            timer.schedule(
                    new ClusterAwareScheduledTaskRunner(factory, new ClientCleanUpTask(), intervalMillis),
                    intervalMillis);
            timer.schedule(new ScheduledTaskRunner(factory, new ClientCountTask(metrics)), intervalMillis);
        });
    }
}

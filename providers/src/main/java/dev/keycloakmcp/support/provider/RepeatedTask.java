package dev.keycloakmcp.support.provider;

import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.models.utils.PostMigrationEvent;
import org.keycloak.provider.ProviderEvent;
import org.keycloak.services.scheduled.ClusterAwareScheduledTaskRunner;
import org.keycloak.services.scheduled.ScheduledTaskRunner;
import org.keycloak.timer.ScheduledTask;
import org.keycloak.timer.TimerProvider;

/** Work that Keycloak's timer repeats from the moment on at which the server is up and its database migrated. */
public final class RepeatedTask {

    private RepeatedTask() {}

    /** When the event says that the server is up, runs a task every so many milliseconds, on one node of the cluster at a time. */
    public static void inCluster(ProviderEvent event, ScheduledTask task, long millis) {
        if (event instanceof PostMigrationEvent started) {
            schedule(
                    started.getFactory(),
                    new ClusterAwareScheduledTaskRunner(started.getFactory(), task, millis),
                    millis);
        }
    }

    /** When the event says that the server is up, runs a task every so many milliseconds, on every node. */
    public static void onEachNode(ProviderEvent event, ScheduledTask task, long millis) {
        if (event instanceof PostMigrationEvent started) {
            schedule(started.getFactory(), new ScheduledTaskRunner(started.getFactory(), task), millis);
        }
    }

    private static void schedule(KeycloakSessionFactory factory, ScheduledTaskRunner runner, long millis) {
        KeycloakModelUtils.runJobInTransaction(
                factory, session -> session.getProvider(TimerProvider.class).schedule(runner, millis));
    }
}

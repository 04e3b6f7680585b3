package dev.keycloakmcp.registration.provider;

import com.google.auto.service.AutoService;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.models.utils.PostMigrationEvent;
import org.keycloak.services.clientregistration.ClientRegistrationProvider;
import org.keycloak.services.clientregistration.ClientRegistrationProviderFactory;
import org.keycloak.services.scheduled.ClusterAwareScheduledTaskRunner;
import org.keycloak.timer.TimerProvider;

/** The registration endpoint {@code /realms/{realm}/clients-registrations/mcp}. */
@AutoService(ClientRegistrationProviderFactory.class)
public final class McpClientRegistrationProviderFactory implements ClientRegistrationProviderFactory {

    static final String PROVIDER_ID = "mcp";

    private final RegistrationMetrics metrics = new RegistrationMetrics();

    @Override
    public ClientRegistrationProvider create(KeycloakSession session) {
        return new McpClientRegistrationProvider(session);
    }

    @Override
    public void init(Config.Scope config) {}

    @Override
    public void postInit(KeycloakSessionFactory factory) {
        factory.register(event -> {
            if (event instanceof PostMigrationEvent started) {
                schedule(started.getFactory());
            }
        });
    }

    private void schedule(KeycloakSessionFactory factory) {
        KeycloakModelUtils.runJobInTransaction(factory, session -> session.getProvider(TimerProvider.class)
                .schedule(
                        new ClusterAwareScheduledTaskRunner(
                                factory, new ClientCleanUpTask(metrics), ClientCleanUpTask.INTERVAL_MILLIS),
                        ClientCleanUpTask.INTERVAL_MILLIS));
    }

    @Override
    public void close() {}

    @Override
    public String getId() {
        return PROVIDER_ID;
    }
}

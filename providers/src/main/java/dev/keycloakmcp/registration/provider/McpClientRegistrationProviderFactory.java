package dev.keycloakmcp.registration.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.UnconfiguredFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;
import org.keycloak.services.clientregistration.ClientRegistrationProvider;
import org.keycloak.services.clientregistration.ClientRegistrationProviderFactory;

/** The registration endpoint {@code /realms/{realm}/clients-registrations/mcp}. */
@AutoService(ClientRegistrationProviderFactory.class)
public final class McpClientRegistrationProviderFactory
        implements ClientRegistrationProviderFactory, UnconfiguredFactory<ClientRegistrationProvider> {

    static final String PROVIDER_ID = "mcp";

    private static final String CLEAN_UP_INTERVAL = "clean-up-interval";

    private long intervalMillis;

    /** Nothing in realms that did not opt in: Keycloak answers there as it does for providers that do not exist. */
    @Override
    public @Nullable ClientRegistrationProvider create(KeycloakSession session) {
        return McpRegistration.isOpen(session.getContext().getRealm())
                ? new McpClientRegistrationProvider(session)
                : null;
    }

    /** {@code --spi-client-registration--mcp--clean-up-interval}, in seconds. */
    @Override
    public void init(Config.Scope config) {
        intervalMillis = TimeUnit.SECONDS.toMillis(
                Math.max(1, config.getInt(CLEAN_UP_INTERVAL, ClientCleanUpTask.DEFAULT_INTERVAL_SECONDS)));
    }

    @Override
    public List<ProviderConfigProperty> getConfigMetadata() {
        return ProviderConfigurationBuilder.create()
                .property()
                .name(CLEAN_UP_INTERVAL)
                .type("int")
                .helpText("Seconds between two searches for registered clients that have expired.")
                .defaultValue(ClientCleanUpTask.DEFAULT_INTERVAL_SECONDS)
                .add()
                .build();
    }

    @Override
    public void postInit(KeycloakSessionFactory factory) {
        factory.register(new RegistrationUpkeep(intervalMillis));
    }

    @Override
    public String getId() {
        return PROVIDER_ID;
    }
}

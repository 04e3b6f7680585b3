package dev.keycloakmcp.audit.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.RepeatedTask;
import dev.keycloakmcp.support.provider.UnconfiguredFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.keycloak.Config;
import org.keycloak.events.EventListenerProvider;
import org.keycloak.events.EventListenerProviderFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;

/** Turns the audit trail of a realm on, by its place among the realm's event listeners. */
@AutoService(EventListenerProviderFactory.class)
public final class AuditEventListenerFactory
        implements EventListenerProviderFactory, UnconfiguredFactory<EventListenerProvider> {

    static final String PROVIDER_ID = "mcp-audit";

    private static final String PURGE_INTERVAL = "purge-interval";

    private static final String JOURNAL_INTERVAL = "journal-interval";
    private long purgeMillis;
    private Duration journalInterval = Duration.ZERO;

    @Override
    public EventListenerProvider create(KeycloakSession session) {
        return new AuditEventListener(session);
    }

    /** {@code --spi-events-listener--mcp-audit--purge-interval} and {@code ...--journal-interval}, in seconds. */
    @Override
    public void init(Config.Scope config) {
        purgeMillis = TimeUnit.SECONDS.toMillis(
                Math.max(1, config.getInt(PURGE_INTERVAL, Retention.DEFAULT_INTERVAL_SECONDS)));
        journalInterval = Duration.ofSeconds(
                Math.max(1, config.getInt(JOURNAL_INTERVAL, JournalExpansion.DEFAULT_INTERVAL_SECONDS)));
    }

    @Override
    public List<ProviderConfigProperty> getConfigMetadata() {
        return ProviderConfigurationBuilder.create()
                .property()
                .name(PURGE_INTERVAL)
                .type("int")
                .helpText(
                        "Seconds between two searches for rows of the audit trail that are older than their realm keeps"
                                + " them.")
                .defaultValue(Retention.DEFAULT_INTERVAL_SECONDS)
                .add()
                .property()
                .name(JOURNAL_INTERVAL)
                .type("int")
                .helpText("Seconds between two times that new rows are moved to the tables that questions read.")
                .defaultValue(JournalExpansion.DEFAULT_INTERVAL_SECONDS)
                .add()
                .build();
    }

    @Override
    public void postInit(KeycloakSessionFactory factory) {
        factory.register(event -> {
            RepeatedTask.inCluster(event, new Retention(), purgeMillis);
            RepeatedTask.onEachNode(event, new JournalExpansion(journalInterval), journalInterval.toMillis());
            if (event instanceof RealmModel.RealmRemovedEvent removed) {
                Retention.removeAll(removed.getKeycloakSession(), removed.getRealm());
            }
        });
    }

    @Override
    public String getId() {
        return PROVIDER_ID;
    }
}

package dev.keycloakmcp.support.provider;

import dev.keycloakmcp.support.RealmLabels;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Metrics;
import java.util.Set;
import java.util.function.Predicate;
import org.keycloak.models.KeycloakSession;
import org.keycloak.provider.Provider;

/** The extension's counters in Keycloak's metrics, by realm. They do nothing where metrics are off. */
public final class RealmMeters implements Provider {

    /** The label that names the realm. */
    public static final String REALM = "realm";

    private static final String OURS = "keycloak.mcp.";

    private final RealmLabels labels;

    RealmMeters(RealmLabels labels) {
        this.labels = labels;
    }

    public static RealmMeters of(KeycloakSession session) {
        return session.getProvider(RealmMeters.class);
    }

    /**
     * Counts one.
     *
     * @param name of the meter
     * @param description what it counts, for people
     * @param realm name of the realm
     * @param tags further labels, each with its value
     */
    public void count(String name, String description, String realm, String... tags) {
        if (Metrics.globalRegistry.getRegistries().isEmpty()) {
            return;
        }
        Counter.builder(name)
                .description(description)
                .tag(REALM, label(realm))
                .tags(tags)
                .register(Metrics.globalRegistry)
                .increment();
    }

    /** The label of a realm. */
    public String label(String realm) {
        return labels.of(realm);
    }

    /** Forgets realms that are gone, and what was counted in them. */
    public void forget(Predicate<String> gone) {
        Set<String> forgotten = labels.forget(gone);
        if (forgotten.isEmpty()) {
            return;
        }
        Metrics.globalRegistry.getMeters().stream()
                .filter(Counter.class::isInstance)
                .filter(meter -> meter.getId().getName().startsWith(OURS))
                .filter(meter -> forgotten.contains(String.valueOf(meter.getId().getTag(REALM))))
                .forEach(Metrics.globalRegistry::remove);
    }

    @Override
    public void close() {}
}

package dev.keycloakmcp.registration.provider;

import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.Map;

/** Counts registrations and registered clients, when Keycloak's metrics are on. */
final class RegistrationMetrics {

    static final String REGISTERED = "registered";
    static final String REUSED = "reused";
    static final String REFUSED = "refused";

    private static final String REGISTRATIONS = "keycloak.mcp.registrations";
    private static final String CLIENTS = "keycloak.mcp.registered.clients";

    private final MultiGauge clients = MultiGauge.builder(CLIENTS)
            .description("Clients registered at the mcp endpoint")
            .register(Metrics.globalRegistry);

    static void count(String realm, String outcome, String reason) {
        Metrics.counter(REGISTRATIONS, "realm", realm, "outcome", outcome, "reason", reason)
                .increment();
    }

    /**
     * The numbers of registered clients; realms that are not named are forgotten.
     *
     * @param numbers by the name of the realm
     */
    void registeredClients(Map<String, Long> numbers) {
        clients.register(
                numbers.entrySet().stream()
                        .<MultiGauge.Row<?>>map(
                                each -> MultiGauge.Row.of(Tags.of("realm", each.getKey()), each.getValue()))
                        .toList(),
                true);
    }
}

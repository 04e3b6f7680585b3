package dev.keycloakmcp.registration.provider;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Metrics;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/** Counts registrations and registered clients, when Keycloak's metrics are on. */
final class RegistrationMetrics {

    static final String REGISTERED = "registered";
    static final String REUSED = "reused";
    static final String REFUSED = "refused";

    private static final String REGISTRATIONS = "keycloak.mcp.registrations";
    private static final String CLIENTS = "keycloak.mcp.registered.clients";

    private final ConcurrentMap<String, AtomicLong> clients = new ConcurrentHashMap<>();

    static void count(String realm, String outcome, String reason) {
        Metrics.counter(REGISTRATIONS, "realm", realm, "outcome", outcome, "reason", reason)
                .increment();
    }

    /** The number of registered clients as of the last clean-up. */
    void registeredClients(String realm, long number) {
        clients.computeIfAbsent(realm, name -> {
                    AtomicLong value = new AtomicLong();
                    Gauge.builder(CLIENTS, value, AtomicLong::get)
                            .tag("realm", name)
                            .description("Clients registered at the mcp endpoint")
                            .register(Metrics.globalRegistry);
                    return value;
                })
                .set(number);
    }
}

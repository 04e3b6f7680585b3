package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.support.provider.RealmMeters;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** Counts registrations and registered clients, when Keycloak's metrics are on. */
final class RegistrationMetrics {

    static final String REGISTERED = "registered";
    static final String REUSED = "reused";
    static final String REFUSED = "refused";

    private static final String CLIENTS = "keycloak.mcp.registered.clients";

    private final MultiGauge clients = MultiGauge.builder(CLIENTS)
            .description("Clients registered at the mcp endpoint")
            .register(Metrics.globalRegistry);

    static void count(KeycloakSession session, RealmModel realm, String outcome, ReasonCode reason) {
        RealmMeters.of(session)
                .count(
                        "keycloak.mcp.registrations",
                        "Registrations at the mcp endpoint of this node",
                        realm.getName(),
                        "outcome",
                        outcome,
                        "reason",
                        reason.code());
    }

    /**
     * The numbers of registered clients; realms that are not named are forgotten.
     *
     * @param numbers by the label of the realm
     */
    void registeredClients(Map<String, Long> numbers) {
        clients.register(
                numbers.entrySet().stream()
                        .<MultiGauge.Row<?>>map(
                                each -> MultiGauge.Row.of(Tags.of(RealmMeters.REALM, each.getKey()), each.getValue()))
                        .toList(),
                true);
    }
}

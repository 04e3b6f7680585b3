package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.policy.Verdict;
import io.micrometer.core.instrument.Metrics;
import org.keycloak.models.KeycloakSession;

/** Counts decisions. */
final class DecisionMetrics {

    private DecisionMetrics() {}

    /** Counts a request in which a verdict decides. */
    static void count(KeycloakSession session, Verdict verdict, Outcome outcome) {
        if (Rehearsal.isOn(session)) {
            return;
        }
        Metrics.counter(
                        "keycloak.mcp.decisions",
                        "rule",
                        verdict.rule(),
                        "outcome",
                        outcome.value(),
                        "reason",
                        verdict.decision().reason().code())
                .increment();
    }
}

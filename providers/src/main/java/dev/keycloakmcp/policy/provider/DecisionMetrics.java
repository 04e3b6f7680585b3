package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.policy.Verdict;
import io.micrometer.core.instrument.Metrics;

/** Counts decisions. */
final class DecisionMetrics {

    private DecisionMetrics() {}

    /** Counts a request in which a verdict decides. */
    static void count(Verdict verdict, Outcome outcome) {
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

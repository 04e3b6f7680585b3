package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.policy.Verdict;
import dev.keycloakmcp.support.provider.RealmMeters;
import dev.keycloakmcp.support.provider.TracedStep;
import java.util.function.Supplier;
import org.keycloak.models.KeycloakSession;

/** Counts decisions, and names them in traces. */
public final class DecisionTelemetry {

    private static final String RULE = "rule";
    private static final String OUTCOME = "outcome";
    private static final String REASON = "reason";

    private DecisionTelemetry() {}

    /** Counts a request in which a verdict decides, and names it in the span of the request. */
    static void decided(KeycloakSession session, Verdict verdict, Outcome outcome) {
        if (Rehearsal.isOn(session)) {
            return;
        }
        String reason = verdict.decision().reason().code();
        RealmMeters.of(session)
                .count(
                        "keycloak.mcp.decisions",
                        "Decisions of MCP policies on requests",
                        session.getContext().getRealm().getName(),
                        RULE,
                        verdict.rule(),
                        OUTCOME,
                        outcome.value(),
                        REASON,
                        reason);
        TracedStep current = TracedStep.current(session);
        current.attribute(RULE, verdict.rule());
        current.attribute(OUTCOME, outcome.value());
        current.attribute(REASON, reason);
    }

    /** Comes to the decision of a policy, in a span of its own. */
    public static <T> Decision<T> deciding(
            KeycloakSession session, String rule, EnforcementMode mode, Supplier<Decision<T>> rules) {
        try (TracedStep step = TracedStep.begin(session, "decision")) {
            Decision<T> decision = rules.get();
            step.attribute(RULE, rule);
            step.attribute(OUTCOME, mode.outcome(decision).value());
            step.attribute(REASON, decision.reason().code());
            return decision;
        }
    }
}

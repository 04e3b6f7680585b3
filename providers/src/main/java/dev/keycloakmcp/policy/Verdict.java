package dev.keycloakmcp.policy;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.decision.Outcome;
import java.util.Optional;
import java.util.function.Function;

/**
 * The decision of one policy on a request.
 *
 * @param rule id of the policy
 * @param decision denied, or allowed with the narrowing of the token; empty where the token stays as it is
 */
public record Verdict(String rule, Rank rank, EnforcementMode mode, Decision<Optional<TokenNarrowing>> decision) {

    public boolean isDeny() {
        return decision.denied().isPresent();
    }

    public boolean isEnforced() {
        return mode == EnforcementMode.ENFORCE;
    }

    boolean isGuard() {
        return rank == Rank.GUARD;
    }

    /** The narrowing of the token; empty where the verdict is a deny or the token stays as it is. */
    public Optional<TokenNarrowing> narrowing() {
        return decision.allowed().flatMap(Function.identity());
    }

    /** The outcome of a request in which this verdict decides. */
    public Outcome outcome() {
        return mode.outcome(decision);
    }
}

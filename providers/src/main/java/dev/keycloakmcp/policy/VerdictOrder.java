package dev.keycloakmcp.policy;

import dev.keycloakmcp.decision.Decision;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The order in which verdicts of one rank count: denies first, then the verdict that leaves a token the least. It compares
 * all that verdicts are made of, so that of two different ones it is always the same that counts, whatever the order of
 * the policies in the realm.
 */
final class VerdictOrder {

    private static final Comparator<TokenNarrowing> MOST_RESTRICTIVE_FIRST = Comparator.<TokenNarrowing>comparingInt(
                    narrowing -> narrowing.maxLifetimeSeconds().orElse(Integer.MAX_VALUE))
            .thenComparing(narrowing -> narrowing.whenEmpty() != TokenNarrowing.WhenEmpty.REFUSED)
            .thenComparing(TokenNarrowing::offlineAccess)
            .thenComparing(
                    narrowing -> narrowing.requestedScopes().map(Set::size).orElse(Integer.MAX_VALUE))
            .thenComparing(narrowing -> narrowing.form().includesClientId())
            .thenComparing(narrowing -> !narrowing.form().isRfc9068())
            .thenComparing(narrowing -> narrowing.server().clientId())
            .thenComparing(narrowing -> narrowing
                    .requestedScopes()
                    .map(scopes -> String.join(" ", new TreeSet<>(scopes)))
                    .orElse(""));

    static final Comparator<Verdict> DECISIVE_FIRST = Comparator.comparing((Verdict verdict) -> !verdict.isDeny())
            .thenComparing(Verdict::narrowing, VerdictOrder::boundFirst)
            .thenComparing(Verdict::rule)
            .thenComparing(verdict -> verdict.decision().reason())
            .thenComparing(verdict ->
                    verdict.decision().denied().map(Decision.Deny::detail).orElse(""))
            .thenComparing(Verdict::rank)
            .thenComparing(Verdict::mode);

    private VerdictOrder() {}

    private static int boundFirst(Optional<TokenNarrowing> one, Optional<TokenNarrowing> other) {
        if (one.isEmpty() || other.isEmpty()) {
            return Boolean.compare(one.isEmpty(), other.isEmpty());
        }
        return MOST_RESTRICTIVE_FIRST.compare(one.get(), other.get());
    }
}

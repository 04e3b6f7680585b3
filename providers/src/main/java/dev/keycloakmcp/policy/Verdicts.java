package dev.keycloakmcp.policy;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.decision.ReasonCode;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The verdicts of all policies on one request, and which of them decides.
 *
 * <ol>
 *   <li>The refusal of a guard that is enforced.
 *   <li>Of the other verdicts those of the most specific rank, so that a specific policy supersedes a general one. A
 *       verdict that is only reported never decides against one that is enforced, however specific it is.
 *   <li>Among these a deny before an allow. Of several allows for one server the bounds of all hold.
 * </ol>
 *
 * The order of the policies in the realm never matters.
 *
 * @param all in the order of {@link VerdictOrder}
 * @param enforcedForm the form of tokens by policies that are enforced
 * @param reportedForm the form of tokens by policies that only report
 */
public record Verdicts(List<Verdict> all, Optional<TokenForm> enforcedForm, Optional<TokenForm> reportedForm) {

    /** No policy had a say yet. */
    public static final Verdicts NONE = new Verdicts(List.of(), Optional.empty(), Optional.empty());

    public Verdicts {
        all = all.stream().sorted(VerdictOrder.DECISIVE_FIRST).toList();
    }

    /** These verdicts and another one. */
    public Verdicts with(Verdict verdict) {
        return new Verdicts(Stream.concat(all.stream(), Stream.of(verdict)).toList(), enforcedForm, reportedForm);
    }

    /** The same verdicts, with what one policy says about the form of tokens. */
    public Verdicts with(TokenForm form, EnforcementMode mode) {
        return mode == EnforcementMode.ENFORCE
                ? new Verdicts(all, both(enforcedForm, form), reportedForm)
                : new Verdicts(all, enforcedForm, both(reportedForm, form));
    }

    /** These verdicts, with a deny in the name of the policy whose allow decides; they stay as they are without one. */
    public Verdicts denied(ReasonCode reason, String detail) {
        return effective()
                .filter(verdict -> !verdict.isDeny())
                .map(verdict -> with(
                        new Verdict(verdict.rule(), verdict.rank(), verdict.mode(), Decision.deny(reason, detail))))
                .orElse(this);
    }

    /** These verdicts, whose refusal no later one supersedes; they stay as they are without one. */
    public Verdicts withFinalRefusal() {
        return effective()
                .filter(verdict -> verdict.isDeny() && verdict.isEnforced())
                .map(verdict -> with(new Verdict(verdict.rule(), Rank.GUARD, verdict.mode(), verdict.decision())))
                .orElse(this);
    }

    public boolean isEmpty() {
        return all.isEmpty();
    }

    /** True when any policy had a say in what the token holds. */
    public boolean isGoverned() {
        return all.stream().anyMatch(verdict -> !verdict.isGuard());
    }

    /** True when any policy that is enforced had a say in what the token holds. */
    public boolean isEnforced() {
        return all.stream().anyMatch(verdict -> !verdict.isGuard() && verdict.isEnforced());
    }

    /** The verdict that decides; it may be one that is only reported where no other is enforced. */
    public Optional<Verdict> effective() {
        return guards().filter(verdict -> verdict.isDeny() && verdict.isEnforced())
                .findFirst()
                .or(() -> mostSpecific(isEnforced() ? Verdict::isEnforced : verdict -> true)
                        .findFirst());
    }

    /** The verdict that events and metrics name: a deny, enforced or not, rather than that the request went on. */
    public Optional<Verdict> published() {
        return effective()
                .filter(Verdict::isDeny)
                .or(() -> Stream.concat(guards(), mostSpecific(verdict -> true))
                        .filter(Verdict::isDeny)
                        .findFirst())
                .or(this::effective);
    }

    /** The same verdicts as if every policy were enforced. */
    public Verdicts asEnforced() {
        return new Verdicts(
                all.stream()
                        .map(verdict -> new Verdict(
                                verdict.rule(), verdict.rank(), EnforcementMode.ENFORCE, verdict.decision()))
                        .toList(),
                reportedForm.map(form -> both(enforcedForm, form)).orElse(enforcedForm),
                Optional.empty());
    }

    /** The narrowing of the token if every policy were enforced; absent where that is as it is, or a refusal. */
    public Optional<TokenNarrowing> wouldNarrow() {
        Optional<TokenNarrowing> narrowing = narrowing();
        return asEnforced().narrowing().filter(bounds -> !narrowing.equals(Optional.of(bounds)));
    }

    /** These verdicts, with a deny that is only reported, in the name of the policy that would narrow the token. */
    public Verdicts wouldBeDenied(ReasonCode reason, String detail) {
        return asEnforced()
                .effective()
                .map(verdict -> with(new Verdict(
                        verdict.rule(), verdict.rank(), EnforcementMode.REPORT, Decision.deny(reason, detail))))
                .orElse(this);
    }

    /** The deny that the request has to be answered with; absent where it goes on. */
    public Optional<Decision.Deny<Optional<TokenNarrowing>>> refusal() {
        return effective().filter(Verdict::isEnforced).flatMap(verdict -> verdict.decision()
                .denied());
    }

    /**
     * The narrowing of the token, in the form that policies want; absent where none narrows it, or only in report mode. It
     * holds the bounds of all that are enforced, of the rank that decides, and for the same server.
     */
    public Optional<TokenNarrowing> narrowing() {
        return effective()
                .filter(Verdict::isEnforced)
                .flatMap(Verdict::narrowing)
                .map(this::bounded)
                .map(this::inForm);
    }

    private TokenNarrowing bounded(TokenNarrowing effective) {
        return mostSpecific(Verdict::isEnforced)
                .flatMap(verdict -> verdict.narrowing().stream())
                .filter(narrowing -> narrowing.server().equals(effective.server()))
                .reduce(effective, TokenNarrowing::and);
    }

    private TokenNarrowing inForm(TokenNarrowing narrowing) {
        return enforcedForm
                .or(() -> reportedForm)
                .map(form -> narrowing.with(form))
                .orElse(narrowing);
    }

    private Stream<Verdict> guards() {
        return all.stream().filter(Verdict::isGuard);
    }

    private Stream<Verdict> mostSpecific(Predicate<Verdict> which) {
        List<Verdict> counting =
                all.stream().filter(verdict -> !verdict.isGuard()).filter(which).toList();
        Rank rank =
                counting.stream().anyMatch(verdict -> verdict.rank() == Rank.SPECIFIC) ? Rank.SPECIFIC : Rank.GENERAL;
        return counting.stream().filter(verdict -> verdict.rank() == rank);
    }

    private static Optional<TokenForm> both(Optional<TokenForm> earlier, TokenForm form) {
        return Optional.of(earlier.map(form::and).orElse(form));
    }
}

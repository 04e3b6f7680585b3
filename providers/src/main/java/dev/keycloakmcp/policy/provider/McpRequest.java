package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.Rank;
import dev.keycloakmcp.policy.TokenForm;
import dev.keycloakmcp.policy.TokenLoss;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.policy.Verdict;
import dev.keycloakmcp.policy.Verdicts;
import dev.keycloakmcp.support.provider.PerRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;

/**
 * The verdicts of MCP policies on the current request.
 *
 * <p>Client policies hand in verdicts; they take effect where tokens are made, so that a more specific policy may
 * supersede a general one whatever their order in the profile.
 */
public final class McpRequest {

    private final KeycloakSession session;
    private final RequestEvent event;
    private Verdicts verdicts = Verdicts.NONE;
    private @Nullable Verdict published;
    private boolean tokenToCome;
    private @Nullable Verdict uncounted;

    private McpRequest(KeycloakSession session) {
        this.session = session;
        this.event = RequestEvent.of(session);
    }

    /** The one of the current request, begun where there is none. */
    public static McpRequest of(KeycloakSession session) {
        return PerRequest.get(session, McpRequest.class, McpRequest::new);
    }

    /** All verdicts so far. */
    public Verdicts verdicts() {
        return verdicts;
    }

    /** Hands in the verdict of a policy. */
    public void add(Verdict verdict) {
        verdicts = verdicts.with(verdict);
    }

    /** Hands in what holds even where all policies only report. */
    public void enforce(String rule, Decision<Optional<TokenNarrowing>> decision) {
        add(new Verdict(rule, Rank.GENERAL, EnforcementMode.ENFORCE, decision));
    }

    /** Hands in the form of tokens that a policy wants; that of a policy that only reports counts where no other is. */
    public void add(TokenForm form, EnforcementMode mode) {
        verdicts = verdicts.with(form, mode);
    }

    /** Turns the effective verdict into a deny, for what only shows once the token is being made. */
    public void deny(ReasonCode reason, String detail) {
        verdicts = verdicts.denied(reason, detail);
    }

    /** From now on the request is for a token, which shows in the end what policies would have left in it. */
    public void expectToken() {
        tokenToCome = true;
    }

    /** Says what would be denied if all policies were enforced, for what only shows once the token is being made. */
    public void wouldBeDenied(ReasonCode reason, String detail) {
        verdicts = verdicts.wouldBeDenied(reason, detail);
    }

    /** The narrowing of the token if all policies were enforced; absent where that is as it is, or a refusal. */
    public Optional<TokenNarrowing> wouldNarrow() {
        return verdicts.wouldNarrow();
    }

    /** True when any policy had a say in what the token holds. */
    public boolean isGoverned() {
        return verdicts.isGoverned();
    }

    /** True when any policy that is enforced had a say in what the token holds. */
    public boolean isEnforced() {
        return verdicts.isEnforced();
    }

    /** True when the request has to be refused, by what is known so far. */
    public boolean isRefused() {
        return verdicts.refusal().isPresent();
    }

    /**
     * True when the request has to be refused, by what is known so far, and then it is, whatever policies say later: for
     * checks that are left out because no token is made.
     */
    public boolean isRefusedForGood() {
        verdicts = verdicts.withFinalRefusal();
        return isRefused();
    }

    /** The narrowing of the token; absent where no policy narrows it, or only in report mode. */
    public Optional<TokenNarrowing> narrowing() {
        return (AssumedEnforcement.isOn(session) ? verdicts.asEnforced() : verdicts).narrowing();
    }

    /** The narrowing that policies decided, also where they only report it. */
    public Optional<TokenNarrowing> reported() {
        return verdicts.effective().flatMap(Verdict::narrowing);
    }

    /**
     * Publishes the decision, and once more where it became a deny, and returns the deny that has to be answered; absent where
     * the request goes on.
     */
    public Optional<Decision.Deny<Optional<TokenNarrowing>>> settle() {
        verdicts.published()
                .filter(verdict -> published == null || verdict.isDeny() && !published.isDeny())
                .ifPresent(this::publish);
        return verdicts.refusal();
    }

    /** Says what the token, which is made now, would lose if all policies were enforced. */
    public void wouldLose(TokenLoss loss) {
        if (uncounted != null) {
            DecisionTelemetry.decided(
                    session, uncounted, loss.losesAnything() ? Outcome.WOULD_NARROW : uncounted.outcome());
            if (loss.losesAnything()) {
                event.wouldLose(uncounted, loss);
            }
            uncounted = null;
        }
    }

    private void publish(Verdict verdict) {
        published = verdict;
        event.decided(verdict);
        verdicts.effective().flatMap(Verdict::narrowing).ifPresent(event::bound);
        if (tokenToCome && verdicts.wouldNarrow().isPresent()) {
            uncounted = verdict;
        } else {
            DecisionTelemetry.decided(session, verdict, verdict.outcome());
        }
    }
}

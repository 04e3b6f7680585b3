package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.McpEventDetails;
import dev.keycloakmcp.policy.TokenForm;
import dev.keycloakmcp.policy.TokenNarrowing;
import io.micrometer.core.instrument.Metrics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.Details;
import org.keycloak.events.Event;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.token.TokenPostProcessorContext;

/**
 * What MCP policies decided about the current request. Lives as long as the Keycloak session.
 *
 * <p>Client policies hand in verdicts; they take effect where tokens are made, so that a more specific policy may
 * supersede a general one whatever their order in the profile.
 */
public final class McpRequest {

    /** How specific a policy is; of the verdicts that are enforced, those of the most specific rank count. */
    public enum Rank {
        GENERAL,
        SPECIFIC,
        /** May refuse a request, and has no say in what its token holds. */
        GUARD
    }

    /** Changes a token just before it is signed, after all protocol mappers. */
    @FunctionalInterface
    public interface TokenFinisher {
        void finish(TokenPostProcessorContext tokens);
    }

    /**
     * What one policy says.
     *
     * @param rule id of the policy
     * @param decision denied, or allowed with what the token may hold; empty where it stays as it is
     */
    public record Verdict(String rule, Rank rank, EnforcementMode mode, Decision<Optional<TokenNarrowing>> decision) {

        boolean isDeny() {
            return decision instanceof Decision.Deny;
        }

        boolean isEnforced() {
            return mode == EnforcementMode.ENFORCE;
        }
    }

    /** What a request asks for, as far as an event has to tell it: target and scopes, if any. */
    record Asked(Supplier<Optional<String>> resource, Supplier<Optional<String>> scope) {}

    private static final String ATTRIBUTE = McpRequest.class.getName();

    private final List<Verdict> verdicts = new ArrayList<>();
    private final List<TokenFinisher> finishers = new ArrayList<>();
    private final Map<String, Object> vouched = new HashMap<>();
    private @Nullable EventBuilder event;
    private @Nullable TokenForm form;
    private @Nullable Asked asked;
    private boolean refreshTokenAllowed = true;
    private boolean boundTokenAccepted;
    private long notAfter = Long.MAX_VALUE;
    private boolean published;

    private McpRequest() {}

    /** The one of the current request, begun where there is none. */
    public static McpRequest of(KeycloakSession session) {
        McpRequest request = session.getAttribute(ATTRIBUTE, McpRequest.class);
        if (request == null) {
            request = new McpRequest();
            session.setAttribute(ATTRIBUTE, request);
        }
        return request;
    }

    /** Where events of the request are built; without it details are lost, decisions are not. */
    public void observe(EventBuilder builder) {
        this.event = builder;
    }

    /** A detail of the event so far, such as how the client authenticated. */
    public Optional<String> eventDetail(String name) {
        return Optional.ofNullable(event)
                .map(EventBuilder::getEvent)
                .map(Event::getDetails)
                .map(d -> d.get(name));
    }

    /** Adds a detail to the event of the request. */
    public void detail(String name, String value) {
        if (event != null) {
            event.detail(name, value);
        }
    }

    /** Writes the error event of a refusal that shows too late for a verdict; the caller has to answer it. */
    public void refuse(ReasonCode reason, String detail) {
        if (event != null) {
            event.detail(Details.REASON, detail)
                    .detail(McpEventDetails.DECISION, "deny")
                    .detail(McpEventDetails.REASON, reason.code())
                    .error(reason.error());
        }
    }

    /**
     * Vouches for a delegation claim in answers other than the access token, such as the ID token. No other mapper's
     * claim of that name gets through.
     */
    public void vouch(String claim, Object value) {
        vouched.put(claim, value);
    }

    /** The delegation claims that are vouched for so far. */
    public Map<String, Object> vouched() {
        return Map.copyOf(vouched);
    }

    /** No token of this request, of whatever kind, is valid after that, seconds since the epoch. */
    public void notAfter(long time) {
        notAfter = Math.min(notAfter, time);
    }

    public long notAfter() {
        return notAfter;
    }

    /** Hands in what a policy says. */
    public void add(Verdict verdict) {
        verdicts.add(verdict);
    }

    void asked(Asked request) {
        this.asked = request;
    }

    /** Names in the event what a request asked for that is refused, or would be. */
    public void tellAsked() {
        EventBuilder observed = event;
        if (asked != null && observed != null) {
            asked.resource().get().ifPresent(resource -> observed.detail(McpEventDetails.RESOURCE, resource));
            if (eventDetail(Details.SCOPE).isEmpty()) {
                asked.scope().get().ifPresent(scope -> observed.detail(Details.SCOPE, scope));
            }
        }
    }

    /** How tokens are to look; what a policy that only reports says counts where no other does. */
    public void form(TokenForm tokenForm, EnforcementMode mode) {
        if (form == null || mode == EnforcementMode.ENFORCE) {
            this.form = tokenForm;
        }
    }

    /** Adds a change to the tokens of this request; finishers run in the order in which they were added. */
    public void addFinisher(TokenFinisher finisher) {
        finishers.add(finisher);
    }

    public List<TokenFinisher> finishers() {
        return List.copyOf(finishers);
    }

    /** Turns the effective verdict into a deny, for what only shows once the token is being made. */
    public void deny(ReasonCode reason, String detail) {
        effective()
                .ifPresent(verdict -> verdicts.add(
                        0, new Verdict(verdict.rule(), verdict.rank(), verdict.mode(), Decision.deny(reason, detail))));
    }

    /** From now on the request gets no refresh token. */
    public void refuseRefreshToken() {
        refreshTokenAllowed = false;
    }

    public boolean isRefreshTokenAllowed() {
        return refreshTokenAllowed;
    }

    /** From now on Keycloak may take a token that is bound to an MCP server, for an answer that concerns that server only. */
    public void acceptBoundToken() {
        boundTokenAccepted = true;
    }

    public boolean isBoundTokenAccepted() {
        return boundTokenAccepted;
    }

    /** Whether any policy had a say in what the token holds. */
    public boolean isGoverned() {
        return verdicts.stream().anyMatch(verdict -> verdict.rank() != Rank.GUARD);
    }

    /** Whether any policy that is enforced had a say in what the token holds. */
    public boolean isEnforced() {
        return verdicts.stream().anyMatch(verdict -> verdict.rank() != Rank.GUARD && verdict.isEnforced());
    }

    /** Hands in what holds whatever policies report. */
    public void keep(String rule, Decision<Optional<TokenNarrowing>> decision) {
        add(new Verdict(rule, Rank.GENERAL, EnforcementMode.ENFORCE, decision));
    }

    /** What the token may hold; absent where no policy narrows it, or only in report mode. */
    public Optional<TokenNarrowing> narrowing() {
        return effective()
                .filter(verdict -> verdict.mode() == EnforcementMode.ENFORCE)
                .map(Verdict::decision)
                .flatMap(decision -> decision instanceof Decision.Allow<Optional<TokenNarrowing>> allow
                        ? allow.value()
                        : Optional.empty())
                .map(narrowing -> form == null ? narrowing : narrowing.with(form));
    }

    /**
     * Publishes the verdict to the event and the metrics, once.
     *
     * @return the deny that the caller has to answer, absent where the request goes on
     */
    public Optional<Decision.Deny<Optional<TokenNarrowing>>> settle() {
        Optional<Verdict> effective = effective();
        if (!published && !verdicts.isEmpty()) {
            published = true;
            told(effective).ifPresent(this::publish);
            effective.map(Verdict::decision).ifPresent(this::publishTarget);
        }
        return effective
                .filter(verdict -> verdict.mode() == EnforcementMode.ENFORCE)
                .map(Verdict::decision)
                .flatMap(decision -> decision instanceof Decision.Deny<Optional<TokenNarrowing>> deny
                        ? Optional.of(deny)
                        : Optional.empty());
    }

    /**
     * The verdict that decides: an enforced guard that refuses, else the first deny of the most specific policies, else
     * their last word. A policy that only reports never decides against one that is enforced, however specific it is.
     */
    private Optional<Verdict> effective() {
        List<Verdict> deciding = mostSpecific(isEnforced() ? Verdict::isEnforced : verdict -> true);
        return guards().filter(verdict -> verdict.isDeny() && verdict.isEnforced())
                .findFirst()
                .or(() -> deciding.stream().filter(Verdict::isDeny).findFirst())
                .or(() -> deciding.stream().reduce((earlier, later) -> later));
    }

    /** What events and metrics say: a deny, enforced or not, rather than that the request went on. */
    private Optional<Verdict> told(Optional<Verdict> effective) {
        return effective
                .filter(Verdict::isDeny)
                .or(() -> Stream.concat(guards(), mostSpecific(verdict -> true).stream())
                        .filter(Verdict::isDeny)
                        .findFirst())
                .or(() -> effective);
    }

    private List<Verdict> mostSpecific(Predicate<Verdict> which) {
        List<Verdict> counting = verdicts.stream()
                .filter(verdict -> verdict.rank() != Rank.GUARD)
                .filter(which)
                .toList();
        Rank rank =
                counting.stream().anyMatch(verdict -> verdict.rank() == Rank.SPECIFIC) ? Rank.SPECIFIC : Rank.GENERAL;
        return counting.stream().filter(verdict -> verdict.rank() == rank).toList();
    }

    private Stream<Verdict> guards() {
        return verdicts.stream().filter(verdict -> verdict.rank() == Rank.GUARD);
    }

    private void publish(Verdict verdict) {
        String outcome = !verdict.isDeny() ? "allow" : verdict.isEnforced() ? "deny" : "would-deny";
        String reason = verdict.decision().reason().code();
        Metrics.counter("keycloak.mcp.decisions", "rule", verdict.rule(), "outcome", outcome, "reason", reason)
                .increment();
        if (event != null) {
            event.detail(McpEventDetails.DECISION, outcome).detail(McpEventDetails.REASON, reason);
        }
        if (verdict.isDeny()) {
            tellAsked();
        }
    }

    private void publishTarget(Decision<Optional<TokenNarrowing>> decision) {
        if (event != null && decision instanceof Decision.Allow<Optional<TokenNarrowing>> allow) {
            EventBuilder observed = event;
            allow.value()
                    .ifPresent(narrowing -> observed.detail(
                            McpEventDetails.RESOURCE, narrowing.server().resourceUrl()));
        }
    }
}

package dev.keycloakmcp.actor;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.resource.McpServer;
import dev.keycloakmcp.resource.McpServers;
import dev.keycloakmcp.resource.TargetRequest;
import dev.keycloakmcp.resource.TargetRule;
import dev.keycloakmcp.resource.WhenMissing;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The rule of delegation (RFC 8693): the actors that may act for a subject, and the access that their token may hold.
 *
 * @param chainRule the rule for the chain
 * @param requireActorToken true when the actor has to be proven by an actor token
 * @param allowedActors those who may act
 * @param whenMissing the treatment of requests without a target
 * @param scopeLimit the scopes that the token may hold
 * @param maxTokenLifetimeSeconds upper bound for the lifetime of the token
 * @param allowRefresh true when delegated access may be refreshed
 */
public record DelegationRule(
        ChainRule chainRule,
        boolean requireActorToken,
        AllowedActors allowedActors,
        WhenMissing whenMissing,
        ScopeLimit scopeLimit,
        int maxTokenLifetimeSeconds,
        boolean allowRefresh) {

    /**
     * Decides on an exchange.
     *
     * @param target the target that the request names
     * @param requestedScopes absent where it named no scope
     */
    public Decision<Delegation> decide(
            ExchangeRequest request, TargetRequest target, Optional<Set<String>> requestedScopes, McpServers servers) {
        if (request.requested() == RequestedToken.REFRESH_TOKEN && !allowRefresh) {
            return Decision.deny(
                    ReasonCode.EXCHANGE_REFRESH_NOT_ALLOWED,
                    "No refresh token is issued for delegated access; ask for an access token.");
        }
        if (requireActorToken && !request.acting().areProvenByToken()) {
            return Decision.deny(ReasonCode.ACTOR_TOKEN_MISSING, "The actor_token parameter is required.");
        }
        return chainRule.decide(request).then(chain -> delegated(request, chain, target, requestedScopes, servers));
    }

    private Decision<Delegation> delegated(
            ExchangeRequest request,
            ActorChain chain,
            TargetRequest target,
            Optional<Set<String>> requestedScopes,
            McpServers servers) {
        if (!request.acting().all().stream()
                .allMatch(party -> allowedActors.include(party.actor().clientId(), party.roles()))) {
            return Decision.deny(ReasonCode.ACTOR_NOT_ALLOWED, "The actor may not act for others.");
        }
        Optional<Set<String>> scopes = scopes(requestedScopes, request.subject().scopes());
        if (requestedScopes.isPresent() && scopes.filter(Set::isEmpty).isPresent()) {
            return Decision.deny(
                    ReasonCode.SUBJECT_SCOPE_NOT_HELD, "The subject_token holds none of the requested scopes.");
        }
        return bound(chain, target, scopes, request.subject().secondsLeft(), servers);
    }

    /**
     * Decides on a refresh of delegated access.
     *
     * @param chain the actors, by the refresh token
     * @param roles of the accounts of those who acted by the exchange, newest first: they are the newest of the chain
     * @param inactive those of the chain who were disabled, deleted or suspended
     */
    public Decision<Delegation> decideRefresh(
            Optional<ActorChain> chain,
            List<Set<String>> roles,
            Set<Actor> inactive,
            TargetRequest target,
            Optional<Set<String>> requestedScopes,
            McpServers servers) {
        if (!allowRefresh || chain.isEmpty() || chain.get().depth() > chainRule.maxDepth()) {
            return Decision.deny(
                    ReasonCode.DELEGATION_REFRESH_ENDED,
                    "Delegated access can no longer be refreshed; exchange again.");
        }
        List<Actor> actors = chain.get().actors();
        boolean allowed = !roles.isEmpty()
                && roles.size() <= actors.size()
                && IntStream.range(0, roles.size())
                        .allMatch(
                                place -> allowedActors.include(actors.get(place).clientId(), roles.get(place)));
        if (!inactive.isEmpty() || !allowed) {
            return DelegationDenials.actorEnded();
        }
        return bound(chain.get(), target, requestedScopes, Long.MAX_VALUE, servers);
    }

    private Decision<Delegation> bound(
            ActorChain chain,
            TargetRequest target,
            Optional<Set<String>> scopes,
            long secondsLeft,
            McpServers servers) {
        int lifetime = (int) Math.min(maxTokenLifetimeSeconds, secondsLeft);
        return new TargetRule(whenMissing)
                .decide(target, servers)
                .then(server -> narrowing(server, target, scopes, lifetime))
                .map(narrowing -> new Delegation(chain, narrowing, lifetime));
    }

    private static Decision<Optional<TokenNarrowing>> narrowing(
            Optional<McpServer> server, TargetRequest target, Optional<Set<String>> scopes, int lifetime) {
        boolean scopeRequired = target.scopes().stream().anyMatch(scope -> !TokenNarrowing.OPENID.equals(scope));
        if (server.isPresent()
                && scopeRequired
                && scopes.stream().flatMap(Set::stream).noneMatch(server.get()::owns)) {
            return Decision.deny(ReasonCode.SCOPE_NOT_OWNED, TokenNarrowing.NO_SCOPE_OWNED);
        }
        return Decision.allow(server.map(found -> TokenNarrowing.to(found)
                .withRequestedScopes(scopes)
                .with(scopeRequired ? TokenNarrowing.WhenEmpty.REFUSED : TokenNarrowing.WhenEmpty.ISSUED)
                .withMaxLifetime(lifetime)));
    }

    /** Absent where no scope was requested and the subject token sets no bound. */
    private Optional<Set<String>> scopes(Optional<Set<String>> requested, Set<String> held) {
        if (scopeLimit == ScopeLimit.TARGET) {
            return requested;
        }
        Set<String> both = new HashSet<>(requested.orElse(held));
        both.removeIf(scope -> !held.contains(scope) && !TokenNarrowing.OPENID.equals(scope));
        return Optional.of(both);
    }
}

package dev.keycloakmcp.actor.provider;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.keycloakmcp.actor.ChainRule;
import dev.keycloakmcp.actor.Delegation;
import dev.keycloakmcp.actor.DelegationRule;
import dev.keycloakmcp.actor.MayActRequirement;
import dev.keycloakmcp.actor.ScopeRule;
import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.McpExecutor;
import dev.keycloakmcp.policy.provider.McpExecutorConfiguration;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.policy.provider.RequestFacts;
import dev.keycloakmcp.policy.provider.SavedConfiguration;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.representations.RefreshToken;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.context.TokenExchangeRequestContext;
import org.keycloak.services.clientpolicy.context.TokenRefreshContext;

/**
 * Decides on delegated access; supersedes the general binding to a target. On an exchange it has its say when the tokens
 * are verified; on a refresh at once.
 */
final class McpDelegationExecutor extends McpExecutor<McpDelegationExecutor.Configuration> {

    McpDelegationExecutor(KeycloakSession session) {
        super(session, new Configuration());
    }

    @Override
    public void executeOnEvent(ClientPolicyContext context) {
        if (context instanceof TokenExchangeRequestContext) {
            DelegationState state = DelegationState.of(session);
            if (configuration().isLeftToKeycloak()) {
                state.leaveToKeycloak();
            }
            RequestFacts.of(session, context)
                    .ifPresent(facts -> state.add(new DelegationState.Policy(
                            getProviderId(),
                            configuration().enforcement(),
                            configuration().rule(),
                            facts)));
        } else if (context instanceof TokenRefreshContext refresh) {
            String encoded = refresh.getParams().getFirst(OAuth2Constants.REFRESH_TOKEN);
            RefreshToken token = encoded == null ? null : session.tokens().decode(encoded, RefreshToken.class);
            if (token != null && DelegationClaims.isExchanged(token)) {
                RequestFacts.of(session, context).ifPresent(facts -> refresh(facts, Actors.in(token)));
            }
        }
    }

    private void refresh(RequestFacts facts, Optional<ActorChain> chain) {
        Decision<Delegation> decision = configuration()
                .rule()
                .decideRefresh(
                        chain,
                        chain.map(actors -> Actors.names(session, actors.current()))
                                .orElse(Set.of()),
                        Actors.inactive(session, chain.stream().flatMap(actors -> actors.actors().stream())),
                        facts.target(),
                        facts.requestedScopes(),
                        McpServerRegistry.of(session));
        add(McpRequest.Rank.SPECIFIC, DelegationVerdict.of(decision));
    }

    /** Configuration. */
    static final class Configuration extends McpExecutorConfiguration {

        @JsonProperty(McpDelegationExecutorFactory.REQUIRE_ACTOR_TOKEN)
        private @Nullable String requireActorToken;

        @JsonProperty(McpDelegationExecutorFactory.REQUIRE_MAY_ACT)
        private @Nullable String requireMayAct;

        @JsonProperty(McpDelegationExecutorFactory.ALLOWED_ACTORS)
        private @Nullable Object allowedActors;

        @JsonProperty(McpDelegationExecutorFactory.MAX_CHAIN_DEPTH)
        private @Nullable String maxChainDepth;

        @JsonProperty(McpDelegationExecutorFactory.SCOPE_RULE)
        private @Nullable String scopeRule;

        @JsonProperty(McpDelegationExecutorFactory.MAX_TOKEN_LIFETIME)
        private @Nullable String maxTokenLifetime;

        @JsonProperty(McpDelegationExecutorFactory.ALLOW_REFRESH)
        private @Nullable String allowRefresh;

        @JsonProperty(McpDelegationExecutorFactory.EXCHANGE)
        private @Nullable String exchange;

        @Override
        protected String providerId() {
            return McpDelegationExecutorFactory.PROVIDER_ID;
        }

        @Override
        protected SavedConfiguration check() {
            return super.check()
                    .flag(McpDelegationExecutorFactory.REQUIRE_ACTOR_TOKEN, requireActorToken)
                    .option(
                            McpDelegationExecutorFactory.REQUIRE_MAY_ACT,
                            requireMayAct,
                            Arrays.stream(MayActRequirement.values())
                                    .map(MayActRequirement::value)
                                    .toList())
                    .number(McpDelegationExecutorFactory.MAX_CHAIN_DEPTH, maxChainDepth, 1, ActorChain.MAX_DEPTH)
                    .option(
                            McpDelegationExecutorFactory.SCOPE_RULE,
                            scopeRule,
                            Arrays.stream(ScopeRule.values())
                                    .map(ScopeRule::value)
                                    .toList())
                    .number(McpDelegationExecutorFactory.MAX_TOKEN_LIFETIME, maxTokenLifetime, 1, Integer.MAX_VALUE)
                    .flag(McpDelegationExecutorFactory.ALLOW_REFRESH, allowRefresh)
                    .option(
                            McpDelegationExecutorFactory.EXCHANGE,
                            exchange,
                            List.of(
                                    McpDelegationExecutorFactory.EXCHANGE_MCP,
                                    McpDelegationExecutorFactory.EXCHANGE_KEYCLOAK));
        }

        boolean isLeftToKeycloak() {
            return McpDelegationExecutorFactory.EXCHANGE_KEYCLOAK.equals(exchange);
        }

        DelegationRule rule() {
            return new DelegationRule(
                    new ChainRule(
                            MayActRequirement.of(requireMayAct),
                            positive(maxChainDepth, McpDelegationExecutorFactory.DEFAULT_MAX_CHAIN_DEPTH)),
                    flag(requireActorToken, false),
                    texts(allowedActors),
                    whenMissing(),
                    ScopeRule.of(scopeRule),
                    positive(maxTokenLifetime, McpDelegationExecutorFactory.DEFAULT_MAX_TOKEN_LIFETIME),
                    flag(allowRefresh, false));
        }

        private static Set<String> texts(@Nullable Object value) {
            Stream<?> values = value instanceof Collection<?> list ? list.stream() : Stream.ofNullable(value);
            return values.flatMap(text -> Arrays.stream(String.valueOf(text).split("\\s+|##")))
                    .filter(text -> !text.isBlank())
                    .collect(Collectors.toUnmodifiableSet());
        }
    }
}

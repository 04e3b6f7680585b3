package dev.keycloakmcp.actor.provider;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.keycloakmcp.actor.ChainRule;
import dev.keycloakmcp.actor.DelegationRule;
import dev.keycloakmcp.actor.MayActRequirement;
import dev.keycloakmcp.actor.ScopeLimit;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.provider.McpExecutorConfiguration;
import dev.keycloakmcp.policy.provider.SavedConfiguration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The configuration of {@link McpDelegationExecutor}. */
final class McpDelegationConfiguration extends McpExecutorConfiguration {

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
                        Arrays.stream(ScopeLimit.values())
                                .map(ScopeLimit::value)
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
                ScopeLimit.of(scopeRule),
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

package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.AllowedActors;
import dev.keycloakmcp.actor.ChainRule;
import dev.keycloakmcp.actor.DelegationRule;
import dev.keycloakmcp.actor.MayActRequirement;
import dev.keycloakmcp.actor.ScopeLimit;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.McpExecutorIds;
import dev.keycloakmcp.policy.provider.McpExecutorConfiguration;
import dev.keycloakmcp.support.ChoiceSetting;
import dev.keycloakmcp.support.FlagSetting;
import dev.keycloakmcp.support.ListSetting;
import dev.keycloakmcp.support.NumberSetting;
import dev.keycloakmcp.support.Setting;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** The configuration of {@link McpDelegationExecutor}. */
final class McpDelegationConfiguration extends McpExecutorConfiguration {

    private static final String BY_MCP = "mcp";
    private static final String BY_KEYCLOAK = "keycloak";

    private static final FlagSetting REQUIRE_ACTOR_TOKEN = new FlagSetting("require-actor-token", false, true);
    private static final ChoiceSetting<MayActRequirement> REQUIRE_MAY_ACT = ChoiceSetting.of(
            "require-may-act", MayActRequirement::value, MayActRequirement.AUTO, MayActRequirement.ALWAYS);
    static final ListSetting ALLOWED_ACTORS = ListSetting.of("allowed-actors").withCommas();
    private static final ListSetting ALLOWED_ACTOR_ROLES =
            ListSetting.of("allowed-actor-roles").withSpaces();
    private static final NumberSetting MAX_CHAIN_DEPTH =
            new NumberSetting("max-chain-depth", 4, 1, ActorChain.MAX_DEPTH, 4);
    private static final ChoiceSetting<ScopeLimit> SCOPE_RULE =
            ChoiceSetting.of("scope-rule", ScopeLimit::value, ScopeLimit.TARGET, ScopeLimit.SUBSET);
    private static final NumberSetting MAX_TOKEN_LIFETIME = NumberSetting.atLeast(1, "max-token-lifetime", 300);
    private static final FlagSetting ALLOW_REFRESH = new FlagSetting("allow-refresh", false, false);
    private static final ChoiceSetting<String> EXCHANGE =
            new ChoiceSetting<>("exchange", List.of(BY_MCP, BY_KEYCLOAK), Function.identity(), BY_MCP, BY_MCP);

    static final List<Setting<?>> SETTINGS = List.of(
            REQUIRE_ACTOR_TOKEN,
            REQUIRE_MAY_ACT,
            ALLOWED_ACTORS,
            ALLOWED_ACTOR_ROLES,
            MAX_CHAIN_DEPTH,
            SCOPE_RULE,
            MAX_TOKEN_LIFETIME,
            ALLOW_REFRESH,
            EXCHANGE);

    McpDelegationConfiguration() {
        super(McpExecutorIds.DELEGATION, SETTINGS);
    }

    boolean isLeftToKeycloak() {
        return BY_KEYCLOAK.equals(value(EXCHANGE));
    }

    DelegationRule rule() {
        return new DelegationRule(
                new ChainRule(value(REQUIRE_MAY_ACT), value(MAX_CHAIN_DEPTH)),
                value(REQUIRE_ACTOR_TOKEN),
                new AllowedActors(Set.copyOf(value(ALLOWED_ACTORS)), Set.copyOf(value(ALLOWED_ACTOR_ROLES))),
                whenMissing(),
                value(SCOPE_RULE),
                value(MAX_TOKEN_LIFETIME),
                value(ALLOW_REFRESH));
    }
}

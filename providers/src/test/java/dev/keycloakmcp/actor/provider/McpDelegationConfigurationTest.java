package dev.keycloakmcp.actor.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.actor.AllowedActors;
import dev.keycloakmcp.actor.ChainRule;
import dev.keycloakmcp.actor.DelegationRule;
import dev.keycloakmcp.actor.MayActRequirement;
import dev.keycloakmcp.actor.ScopeLimit;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.resource.WhenMissing;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.keycloak.util.JsonSerialization;

/** As Keycloak makes the configuration from JSON. */
class McpDelegationConfigurationTest {

    private static McpDelegationConfiguration of(Map<String, Object> json) {
        return JsonSerialization.mapper.convertValue(json, McpDelegationConfiguration.class);
    }

    private static DelegationRule rule(String key, Object value) {
        return of(Map.of(key, value)).rule();
    }

    @Test
    void nothing_set_is_the_contract() {
        assertThat(of(Map.of()).rule())
                .isEqualTo(new DelegationRule(
                        new ChainRule(MayActRequirement.AUTO, 4),
                        false,
                        AllowedActors.ANY,
                        WhenMissing.INFER,
                        ScopeLimit.TARGET,
                        300,
                        false));
        assertThat(of(Map.of()).enforcement()).isEqualTo(EnforcementMode.ENFORCE);
        assertThat(of(Map.of()).isLeftToKeycloak()).isFalse();
    }

    @Test
    void values_are_read_as_text_or_as_json() {
        DelegationRule expected = new DelegationRule(
                new ChainRule(MayActRequirement.NEVER, 2),
                true,
                new AllowedActors(Set.of("a", "b,c"), Set.of("d", "e f,g")),
                WhenMissing.IGNORE,
                ScopeLimit.SUBSET,
                60,
                true);
        assertThat(of(Map.of(
                                "require-actor-token",
                                true,
                                "require-may-act",
                                "never",
                                "allowed-actors",
                                List.of("a", "b,c"),
                                "allowed-actor-roles",
                                List.of("d", "e f,g"),
                                "max-chain-depth",
                                2,
                                "scope-rule",
                                "subset",
                                "max-token-lifetime",
                                60,
                                "allow-refresh",
                                true,
                                "when-missing",
                                "ignore"))
                        .rule())
                .isEqualTo(expected);
        assertThat(of(Map.of(
                                "require-actor-token", "true",
                                "require-may-act", " never ",
                                "allowed-actors", "a##b,c",
                                "allowed-actor-roles", " d ## e f,g\n",
                                "max-chain-depth", "2",
                                "scope-rule", "subset",
                                "max-token-lifetime", " 60",
                                "allow-refresh", "true",
                                "when-missing", List.of("ignore")))
                        .rule())
                .isEqualTo(expected);
        assertThat(of(Map.of("exchange", "keycloak")).isLeftToKeycloak()).isTrue();
        assertThat(of(Map.of("enforcement", "report")).enforcement()).isEqualTo(EnforcementMode.REPORT);
    }

    @Test
    void what_is_misspelt_falls_to_the_safe_side() {
        for (Object misspelt : List.of("yes", "ture", 1, List.of("true", "false"), Map.of())) {
            assertThat(rule("require-actor-token", misspelt).requireActorToken())
                    .isTrue();
            assertThat(rule("allow-refresh", misspelt).allowRefresh()).isFalse();
            assertThat(rule("require-may-act", misspelt).chainRule().requireMayAct())
                    .isEqualTo(MayActRequirement.ALWAYS);
            assertThat(rule("scope-rule", misspelt).scopeLimit()).isEqualTo(ScopeLimit.SUBSET);
            assertThat(rule("when-missing", misspelt).whenMissing()).isEqualTo(WhenMissing.REQUIRE);
            assertThat(of(Map.of("enforcement", misspelt)).enforcement()).isEqualTo(EnforcementMode.ENFORCE);
            assertThat(of(Map.of("exchange", misspelt)).isLeftToKeycloak()).isFalse();
        }
        assertThat(rule("max-chain-depth", "9").chainRule().maxDepth()).isEqualTo(4);
        assertThat(rule("max-token-lifetime", "5m").maxTokenLifetimeSeconds()).isEqualTo(300);
        assertThat(rule("require-may-act", " ").chainRule().requireMayAct()).isEqualTo(MayActRequirement.AUTO);
        assertThat(rule("scope-rule", " target").scopeLimit()).isEqualTo(ScopeLimit.TARGET);
    }
}

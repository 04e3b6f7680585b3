package dev.keycloakmcp.actor.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.actor.MayActRequirement;
import dev.keycloakmcp.actor.ScopeLimit;
import dev.keycloakmcp.policy.McpExecutorIds;
import dev.keycloakmcp.policy.provider.McpExecutorFactory;
import java.util.Arrays;
import java.util.List;
import org.keycloak.models.KeycloakSession;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProvider;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProviderFactory;

/** Makes {@link McpDelegationExecutor}. */
@AutoService(ClientPolicyExecutorProviderFactory.class)
public final class McpDelegationExecutorFactory extends McpExecutorFactory {

    public static final String PROVIDER_ID = McpExecutorIds.DELEGATION;

    static final String REQUIRE_ACTOR_TOKEN = "require-actor-token";
    static final String REQUIRE_MAY_ACT = "require-may-act";
    static final String ALLOWED_ACTORS = "allowed-actors";
    static final String MAX_CHAIN_DEPTH = "max-chain-depth";
    static final String SCOPE_RULE = "scope-rule";
    static final String MAX_TOKEN_LIFETIME = "max-token-lifetime";
    static final String ALLOW_REFRESH = "allow-refresh";
    static final String EXCHANGE = "exchange";

    static final String EXCHANGE_MCP = "mcp";
    static final String EXCHANGE_KEYCLOAK = "keycloak";

    static final int DEFAULT_MAX_CHAIN_DEPTH = 4;
    static final int DEFAULT_MAX_TOKEN_LIFETIME = 300;

    private static final List<ProviderConfigProperty> PROPERTIES = properties(ProviderConfigurationBuilder.create()
            .property()
            .name(REQUIRE_ACTOR_TOKEN)
            .label("mcp-delegation.require-actor-token.label")
            .helpText("mcp-delegation.require-actor-token.tooltip")
            .type(ProviderConfigProperty.BOOLEAN_TYPE)
            .defaultValue(false)
            .add()
            .property()
            .name(REQUIRE_MAY_ACT)
            .label("mcp-delegation.require-may-act.label")
            .helpText("mcp-delegation.require-may-act.tooltip")
            .type(ProviderConfigProperty.LIST_TYPE)
            .options(Arrays.stream(MayActRequirement.values())
                    .map(MayActRequirement::value)
                    .toList())
            .defaultValue(MayActRequirement.AUTO.value())
            .add()
            .property()
            .name(ALLOWED_ACTORS)
            .label("mcp-delegation.allowed-actors.label")
            .helpText("mcp-delegation.allowed-actors.tooltip")
            .type(ProviderConfigProperty.MULTIVALUED_STRING_TYPE)
            .add()
            .property()
            .name(MAX_CHAIN_DEPTH)
            .label("mcp-delegation.max-chain-depth.label")
            .helpText("mcp-delegation.max-chain-depth.tooltip")
            .type(ProviderConfigProperty.INTEGER_TYPE)
            .defaultValue(DEFAULT_MAX_CHAIN_DEPTH)
            .add()
            .property()
            .name(SCOPE_RULE)
            .label("mcp-delegation.scope-rule.label")
            .helpText("mcp-delegation.scope-rule.tooltip")
            .type(ProviderConfigProperty.LIST_TYPE)
            .options(Arrays.stream(ScopeLimit.values()).map(ScopeLimit::value).toList())
            .defaultValue(ScopeLimit.TARGET.value())
            .add()
            .property()
            .name(MAX_TOKEN_LIFETIME)
            .label("mcp-delegation.max-token-lifetime.label")
            .helpText("mcp-delegation.max-token-lifetime.tooltip")
            .type(ProviderConfigProperty.INTEGER_TYPE)
            .defaultValue(DEFAULT_MAX_TOKEN_LIFETIME)
            .add()
            .property()
            .name(ALLOW_REFRESH)
            .label("mcp-delegation.allow-refresh.label")
            .helpText("mcp-delegation.allow-refresh.tooltip")
            .type(ProviderConfigProperty.BOOLEAN_TYPE)
            .defaultValue(false)
            .add()
            .property()
            .name(EXCHANGE)
            .label("mcp-delegation.exchange.label")
            .helpText("mcp-delegation.exchange.tooltip")
            .type(ProviderConfigProperty.LIST_TYPE)
            .options(List.of(EXCHANGE_MCP, EXCHANGE_KEYCLOAK))
            .defaultValue(EXCHANGE_MCP)
            .add()
            .build());

    @Override
    public ClientPolicyExecutorProvider<?> create(KeycloakSession session) {
        return new McpDelegationExecutor(session);
    }

    @Override
    public String getId() {
        return PROVIDER_ID;
    }

    @Override
    public String getHelpText() {
        return "Delegation by token exchange (RFC 8693): the actor is proven, may_act is enforced, every token says who"
                + " acts for whom through the whole chain, for one MCP server and a short time.";
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return PROPERTIES;
    }
}

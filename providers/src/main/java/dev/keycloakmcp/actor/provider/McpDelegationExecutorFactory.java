package dev.keycloakmcp.actor.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.actor.ActorChain;
import dev.keycloakmcp.actor.MayActRequirement;
import dev.keycloakmcp.actor.ScopeRule;
import dev.keycloakmcp.resource.provider.McpExecutorConfiguration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProvider;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProviderFactory;

/** Makes {@link McpDelegationExecutor}. */
@AutoService(ClientPolicyExecutorProviderFactory.class)
public final class McpDelegationExecutorFactory implements ClientPolicyExecutorProviderFactory {

    public static final String PROVIDER_ID = "mcp-delegation";

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

    private static final List<ProviderConfigProperty> PROPERTIES = Stream.concat(
                    McpExecutorConfiguration.properties().stream(),
                    ProviderConfigurationBuilder.create()
                            .property()
                            .name(REQUIRE_ACTOR_TOKEN)
                            .label("Require an actor token")
                            .helpText("If on, an exchange without actor_token is refused. If off, the client that"
                                    + " authenticated acts where no actor token is sent.")
                            .type(ProviderConfigProperty.BOOLEAN_TYPE)
                            .defaultValue(false)
                            .add()
                            .property()
                            .name(REQUIRE_MAY_ACT)
                            .label("Require may_act")
                            .helpText(
                                    "Whether the subject token has to name the actor in its may_act claim. 'auto' asks"
                                            + " for it when an actor token is sent, 'always' at every exchange, 'never' only"
                                            + " where a person acts for another. A claim that is there is enforced in any case.")
                            .type(ProviderConfigProperty.LIST_TYPE)
                            .options(Arrays.stream(MayActRequirement.values())
                                    .map(MayActRequirement::value)
                                    .toList())
                            .defaultValue(MayActRequirement.AUTO.value())
                            .add()
                            .property()
                            .name(ALLOWED_ACTORS)
                            .label("Allowed actors")
                            .helpText("Client IDs of those who may act for users, or roles that their service accounts"
                                    + " have: a realm role by its name, a client role as client.role. Empty allows every"
                                    + " client that the policy applies to.")
                            .type(ProviderConfigProperty.MULTIVALUED_STRING_TYPE)
                            .add()
                            .property()
                            .name(MAX_CHAIN_DEPTH)
                            .label("Deepest chain of actors")
                            .helpText("An exchange whose chain would hold more actors is refused; chains are never cut."
                                    + " Values above " + ActorChain.MAX_DEPTH + " count as " + ActorChain.MAX_DEPTH
                                    + ".")
                            .type(ProviderConfigProperty.INTEGER_TYPE)
                            .defaultValue(DEFAULT_MAX_CHAIN_DEPTH)
                            .add()
                            .property()
                            .name(SCOPE_RULE)
                            .label("Scopes")
                            .helpText("'target' grants the requested scopes that are assigned to the requesting client"
                                    + " and owned by the MCP server. 'subset' grants of those only what the subject"
                                    + " token holds, so that no hop adds a scope.")
                            .type(ProviderConfigProperty.LIST_TYPE)
                            .options(Arrays.stream(ScopeRule.values())
                                    .map(ScopeRule::value)
                                    .toList())
                            .defaultValue(ScopeRule.TARGET.value())
                            .add()
                            .property()
                            .name(MAX_TOKEN_LIFETIME)
                            .label("Longest token lifetime (seconds)")
                            .helpText("Delegated tokens live no longer than this, and an exchanged token never longer"
                                    + " than the subject token; shorter settings stay in force.")
                            .type(ProviderConfigProperty.INTEGER_TYPE)
                            .defaultValue(DEFAULT_MAX_TOKEN_LIFETIME)
                            .add()
                            .property()
                            .name(ALLOW_REFRESH)
                            .label("Allow refresh tokens")
                            .helpText(
                                    "If on, an exchange may ask for a refresh token, if the client's own setting allows"
                                            + " that too; policies are checked again at each refresh, and turning this off ends"
                                            + " what was granted. If off, such an exchange is refused.")
                            .type(ProviderConfigProperty.BOOLEAN_TYPE)
                            .defaultValue(false)
                            .add()
                            .property()
                            .name(EXCHANGE)
                            .label("Exchange by")
                            .helpText("'mcp' decides on exchanges by this policy. 'keycloak' leaves them to Keycloak's"
                                    + " own delegation where the server has it; mappers and events go on to work, and"
                                    + " tokens that name actors still never lose them.")
                            .type(ProviderConfigProperty.LIST_TYPE)
                            .options(List.of(EXCHANGE_MCP, EXCHANGE_KEYCLOAK))
                            .defaultValue(EXCHANGE_MCP)
                            .add()
                            .build()
                            .stream())
            .toList();

    @Override
    public ClientPolicyExecutorProvider<?> create(KeycloakSession session) {
        return new McpDelegationExecutor(session);
    }

    @Override
    public void init(Config.Scope config) {}

    @Override
    public void postInit(KeycloakSessionFactory factory) {}

    @Override
    public void close() {}

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

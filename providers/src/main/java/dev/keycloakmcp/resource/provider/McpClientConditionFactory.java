package dev.keycloakmcp.resource.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.resource.ClientKind;
import java.util.Arrays;
import java.util.List;
import org.keycloak.models.KeycloakSession;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;
import org.keycloak.services.clientpolicy.condition.AbstractClientPolicyConditionProviderFactory;
import org.keycloak.services.clientpolicy.condition.ClientPolicyConditionProvider;
import org.keycloak.services.clientpolicy.condition.ClientPolicyConditionProviderFactory;

/** Makes {@link McpClientCondition}. */
@AutoService(ClientPolicyConditionProviderFactory.class)
public final class McpClientConditionFactory extends AbstractClientPolicyConditionProviderFactory {

    public static final String PROVIDER_ID = "mcp-client";

    static final String KINDS = "kinds";

    private static final List<ProviderConfigProperty> PROPERTIES = ProviderConfigurationBuilder.create()
            .property()
            .name(IS_NEGATIVE_LOGIC)
            .label("Negative logic")
            .helpText("If on, the policy applies to all clients but these.")
            .type(ProviderConfigProperty.BOOLEAN_TYPE)
            .defaultValue(false)
            .add()
            .property()
            .name(KINDS)
            .label("Kinds of clients")
            .helpText("The policy applies to clients of these kinds; with none selected, to all of them. 'registered':"
                    + " registered at the mcp endpoint. 'metadata-document': created from a client ID metadata document."
                    + " 'application': a hand-made client with the standard flow and at least one scope of an MCP server"
                    + " assigned. 'agent': a service account with the attribute mcp.allowed-resources or at least one"
                    + " scope of an MCP server assigned. 'server': an MCP server, a client with the attribute"
                    + " resource_url. Clients of no kind notice nothing.")
            .type(ProviderConfigProperty.MULTIVALUED_LIST_TYPE)
            .options(Arrays.stream(ClientKind.values()).map(ClientKind::value).toList())
            .add()
            .build();

    @Override
    public ClientPolicyConditionProvider<?> create(KeycloakSession session) {
        return new McpClientCondition(session);
    }

    @Override
    public String getId() {
        return PROVIDER_ID;
    }

    @Override
    public String getHelpText() {
        return "Applies to clients that take part in MCP: those that use MCP servers, and the servers themselves. On"
                + " defaults it is a complete choice for a policy with the MCP executors.";
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return PROPERTIES;
    }
}

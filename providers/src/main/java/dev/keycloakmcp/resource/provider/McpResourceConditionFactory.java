package dev.keycloakmcp.resource.provider;

import com.google.auto.service.AutoService;
import java.util.List;
import org.keycloak.models.KeycloakSession;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;
import org.keycloak.services.clientpolicy.condition.AbstractClientPolicyConditionProviderFactory;
import org.keycloak.services.clientpolicy.condition.ClientPolicyConditionProvider;
import org.keycloak.services.clientpolicy.condition.ClientPolicyConditionProviderFactory;

/** Makes {@link McpResourceCondition}. */
@AutoService(ClientPolicyConditionProviderFactory.class)
public final class McpResourceConditionFactory extends AbstractClientPolicyConditionProviderFactory {

    public static final String PROVIDER_ID = "mcp-resource";

    static final String RESOURCES = "resources";

    private static final List<ProviderConfigProperty> PROPERTIES = ProviderConfigurationBuilder.create()
            .property()
            .name(IS_NEGATIVE_LOGIC)
            .label("Negative logic")
            .helpText("If on, the policy applies to requests for all targets but these.")
            .type(ProviderConfigProperty.BOOLEAN_TYPE)
            .defaultValue(false)
            .add()
            .property()
            .name(RESOURCES)
            .label("Resources")
            .helpText("URIs of MCP servers such as https://crm.example.com/mcp. In a URI, * stands for any characters"
                    + " but a slash, ** for any characters. Empty: every MCP server. The target that a request implies"
                    + " without naming it counts as well.")
            .type(ProviderConfigProperty.MULTIVALUED_STRING_TYPE)
            .add()
            .build();

    @Override
    public ClientPolicyConditionProvider<?> create(KeycloakSession session) {
        return new McpResourceCondition(session);
    }

    @Override
    public String getId() {
        return PROVIDER_ID;
    }

    @Override
    public String getHelpText() {
        return "Applies to requests for a token for one of these MCP servers, whether the target is sent (RFC 8707) or"
                + " follows from the scopes.";
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return PROPERTIES;
    }
}

package dev.keycloakmcp.policy.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.resource.provider.SavedServers;
import java.util.List;
import java.util.Optional;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;
import org.keycloak.representations.idm.ClientPolicyConditionRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyException;
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
            .label("mcp-resource.is-negative-logic.label")
            .helpText("mcp-resource.is-negative-logic.tooltip")
            .type(ProviderConfigProperty.BOOLEAN_TYPE)
            .defaultValue(false)
            .add()
            .property()
            .name(RESOURCES)
            .label("mcp-resource.resources.label")
            .helpText("mcp-resource.resources.tooltip")
            .type(ProviderConfigProperty.MULTIVALUED_STRING_TYPE)
            .add()
            .build();

    @Override
    public ClientPolicyConditionProvider<?> create(KeycloakSession session) {
        return new McpResourceCondition(session);
    }

    @Override
    public void validateConfiguration(
            KeycloakSession session, RealmModel realm, ClientPolicyConditionRepresentation condition)
            throws ClientPolicyException {
        Optional<String> problem = SavedServers.of(session, realm).problem(SavedCondition.texts(condition, RESOURCES));
        if (problem.isPresent()) {
            throw new ClientPolicyException("'" + RESOURCES + "': " + problem.get());
        }
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

package dev.keycloakmcp.policy.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.policy.ClientKind;
import java.util.Arrays;
import java.util.List;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;
import org.keycloak.representations.idm.ClientPolicyConditionRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyException;
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
            .label("mcp-client.is-negative-logic.label")
            .helpText("mcp-client.is-negative-logic.tooltip")
            .type(ProviderConfigProperty.BOOLEAN_TYPE)
            .defaultValue(false)
            .add()
            .property()
            .name(KINDS)
            .label("mcp-client.kinds.label")
            .helpText("mcp-client.kinds.tooltip")
            .type(ProviderConfigProperty.MULTIVALUED_LIST_TYPE)
            .options(Arrays.stream(ClientKind.values()).map(ClientKind::value).toList())
            .add()
            .build();

    @Override
    public ClientPolicyConditionProvider<?> create(KeycloakSession session) {
        return new McpClientCondition(session);
    }

    @Override
    public void validateConfiguration(
            KeycloakSession session, RealmModel realm, ClientPolicyConditionRepresentation condition)
            throws ClientPolicyException {
        for (String kind : SavedCondition.texts(condition, KINDS)) {
            if (ClientKind.of(kind).isEmpty()) {
                throw new ClientPolicyException("'" + KINDS + "': '" + kind + "' is none of "
                        + Arrays.stream(ClientKind.values())
                                .map(ClientKind::value)
                                .toList());
            }
        }
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

package dev.keycloakmcp.token.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.policy.McpExecutorIds;
import dev.keycloakmcp.policy.provider.ExtensionInfo;
import dev.keycloakmcp.policy.provider.McpExecutorFactory;
import java.util.List;
import java.util.Map;
import org.keycloak.models.KeycloakSession;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;
import org.keycloak.provider.ServerInfoAwareProviderFactory;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProvider;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProviderFactory;

/** Makes {@link McpResourceIndicatorExecutor}. */
@AutoService(ClientPolicyExecutorProviderFactory.class)
public final class McpResourceIndicatorExecutorFactory extends McpExecutorFactory
        implements ServerInfoAwareProviderFactory {

    public static final String PROVIDER_ID = McpExecutorIds.RESOURCE_INDICATOR;

    static final String INCLUDE_CLIENT_ID = "include-client-id";
    static final String RFC9068 = "rfc9068";
    static final String REMEMBER_CONSENT = "remember-consent";

    private static final List<ProviderConfigProperty> PROPERTIES = properties(ProviderConfigurationBuilder.create()
            .property()
            .name(INCLUDE_CLIENT_ID)
            .label("mcp-resource-indicator.include-client-id.label")
            .helpText("mcp-resource-indicator.include-client-id.tooltip")
            .type(ProviderConfigProperty.BOOLEAN_TYPE)
            .defaultValue(false)
            .add()
            .property()
            .name(RFC9068)
            .label("mcp-resource-indicator.rfc9068.label")
            .helpText("mcp-resource-indicator.rfc9068.tooltip")
            .type(ProviderConfigProperty.BOOLEAN_TYPE)
            .defaultValue(true)
            .add()
            .property()
            .name(REMEMBER_CONSENT)
            .label("mcp-resource-indicator.remember-consent.label")
            .helpText("mcp-resource-indicator.remember-consent.tooltip")
            .type(ProviderConfigProperty.BOOLEAN_TYPE)
            .defaultValue(true)
            .add()
            .build());

    @Override
    public ClientPolicyExecutorProvider<?> create(KeycloakSession session) {
        return new McpResourceIndicatorExecutor(session);
    }

    @Override
    public String getId() {
        return PROVIDER_ID;
    }

    @Override
    public String getHelpText() {
        return "Binds every token to one MCP server (RFC 8707): the audience is the server's URI, only scopes and roles"
                + " of that server remain. Applies to authorization and pushed authorization requests, code, refresh,"
                + " client credentials, token exchange and the other grants.";
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return PROPERTIES;
    }

    @Override
    public Map<String, String> getOperationalInfo() {
        return ExtensionInfo.operational();
    }
}

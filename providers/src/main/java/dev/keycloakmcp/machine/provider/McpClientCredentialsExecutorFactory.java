package dev.keycloakmcp.machine.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.policy.McpExecutorIds;
import dev.keycloakmcp.policy.provider.McpExecutorFactory;
import java.util.List;
import java.util.Set;
import org.keycloak.models.KeycloakSession;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProvider;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProviderFactory;

/** Makes {@link McpClientCredentialsExecutor}. */
@AutoService(ClientPolicyExecutorProviderFactory.class)
public final class McpClientCredentialsExecutorFactory extends McpExecutorFactory {

    public static final String PROVIDER_ID = McpExecutorIds.CLIENT_CREDENTIALS;

    static final String ALLOWED_AUTH_METHODS = "allowed-auth-methods";
    static final String REQUIRE_EXPLICIT_SCOPE = "require-explicit-scope";
    static final String ALLOW_DYNAMICALLY_REGISTERED = "allow-dynamically-registered";
    static final String MAX_TOKEN_LIFETIME = "max-token-lifetime";

    static final String MAX_ASSERTION_LIFETIME = "max-assertion-lifetime";
    static final String MAX_SECRET_AGE_DAYS = "max-secret-age-days";

    static final int DEFAULT_MAX_TOKEN_LIFETIME = 300;
    static final int DEFAULT_MAX_ASSERTION_LIFETIME = 300;
    static final Set<String> DEFAULT_AUTH_METHODS =
            Set.of("private_key_jwt", "client_secret_basic", "client_secret_post", "tls_client_auth");

    private static final List<ProviderConfigProperty> PROPERTIES = properties(ProviderConfigurationBuilder.create()
            .property()
            .name(ALLOWED_AUTH_METHODS)
            .label("mcp-client-credentials.allowed-auth-methods.label")
            .helpText("mcp-client-credentials.allowed-auth-methods.tooltip")
            .type(ProviderConfigProperty.MULTIVALUED_STRING_TYPE)
            .defaultValue(DEFAULT_AUTH_METHODS.stream().sorted().toList())
            .add()
            .property()
            .name(MAX_ASSERTION_LIFETIME)
            .label("mcp-client-credentials.max-assertion-lifetime.label")
            .helpText("mcp-client-credentials.max-assertion-lifetime.tooltip")
            .type(ProviderConfigProperty.INTEGER_TYPE)
            .defaultValue(DEFAULT_MAX_ASSERTION_LIFETIME)
            .add()
            .property()
            .name(MAX_SECRET_AGE_DAYS)
            .label("mcp-client-credentials.max-secret-age-days.label")
            .helpText("mcp-client-credentials.max-secret-age-days.tooltip")
            .type(ProviderConfigProperty.INTEGER_TYPE)
            .defaultValue(0)
            .add()
            .property()
            .name(REQUIRE_EXPLICIT_SCOPE)
            .label("mcp-client-credentials.require-explicit-scope.label")
            .helpText("mcp-client-credentials.require-explicit-scope.tooltip")
            .type(ProviderConfigProperty.BOOLEAN_TYPE)
            .defaultValue(false)
            .add()
            .property()
            .name(MAX_TOKEN_LIFETIME)
            .label("mcp-client-credentials.max-token-lifetime.label")
            .helpText("mcp-client-credentials.max-token-lifetime.tooltip")
            .type(ProviderConfigProperty.INTEGER_TYPE)
            .defaultValue(DEFAULT_MAX_TOKEN_LIFETIME)
            .add()
            .property()
            .name(ALLOW_DYNAMICALLY_REGISTERED)
            .label("mcp-client-credentials.allow-dynamically-registered.label")
            .helpText("mcp-client-credentials.allow-dynamically-registered.tooltip")
            .type(ProviderConfigProperty.BOOLEAN_TYPE)
            .defaultValue(false)
            .add()
            .build());

    @Override
    public ClientPolicyExecutorProvider<?> create(KeycloakSession session) {
        return new McpClientCredentialsExecutor(session);
    }

    @Override
    public String getId() {
        return PROVIDER_ID;
    }

    @Override
    public String getHelpText() {
        return "An agent's machine token (client credentials grant) is good for one MCP server, the scopes it asked for,"
                + " and a short time. There is no refresh token.";
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return PROPERTIES;
    }
}

package dev.keycloakmcp.resource.provider;

import com.google.auto.service.AutoService;
import java.util.List;
import java.util.stream.Stream;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProvider;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProviderFactory;

/** Makes {@link McpResourceIndicatorExecutor}. */
@AutoService(ClientPolicyExecutorProviderFactory.class)
public final class McpResourceIndicatorExecutorFactory implements ClientPolicyExecutorProviderFactory {

    public static final String PROVIDER_ID = "mcp-resource-indicator";

    static final String INCLUDE_CLIENT_ID = "include-client-id";
    static final String RFC9068 = "rfc9068";

    private static final List<ProviderConfigProperty> PROPERTIES = Stream.concat(
                    McpExecutorConfiguration.properties().stream(),
                    ProviderConfigurationBuilder.create()
                            .property()
                            .name(INCLUDE_CLIENT_ID)
                            .label("Client ID in audience")
                            .helpText(
                                    "If on, the client ID of the MCP server joins its URI in the audience, for servers"
                                            + " that check for it. If off, the audience is exactly the URI.")
                            .type(ProviderConfigProperty.BOOLEAN_TYPE)
                            .defaultValue(false)
                            .add()
                            .property()
                            .name(RFC9068)
                            .label("JWT profile for access tokens")
                            .helpText("If on, access tokens follow RFC 9068: type at+jwt in the JOSE header, claims sub"
                                    + " and client_id. Turn it off for servers that insist on the type JWT.")
                            .type(ProviderConfigProperty.BOOLEAN_TYPE)
                            .defaultValue(true)
                            .add()
                            .build()
                            .stream())
            .toList();

    @Override
    public ClientPolicyExecutorProvider<?> create(KeycloakSession session) {
        return new McpResourceIndicatorExecutor(session);
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
        return "Binds every token to one MCP server (RFC 8707): the audience is the server's URI, only scopes and roles"
                + " of that server remain. Applies to authorization and pushed authorization requests, code, refresh,"
                + " client credentials, token exchange and the other grants.";
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return PROPERTIES;
    }
}

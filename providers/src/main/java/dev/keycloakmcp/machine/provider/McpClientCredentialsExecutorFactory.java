package dev.keycloakmcp.machine.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.resource.provider.McpExecutorConfiguration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProvider;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProviderFactory;

/** Makes {@link McpClientCredentialsExecutor}. */
@AutoService(ClientPolicyExecutorProviderFactory.class)
public final class McpClientCredentialsExecutorFactory implements ClientPolicyExecutorProviderFactory {

    public static final String PROVIDER_ID = "mcp-client-credentials";

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

    private static final List<ProviderConfigProperty> PROPERTIES = Stream.concat(
                    McpExecutorConfiguration.properties().stream(),
                    ProviderConfigurationBuilder.create()
                            .property()
                            .name(ALLOWED_AUTH_METHODS)
                            .label("Allowed authentication methods")
                            .helpText("How agents may authenticate, by the method a request really uses: at client"
                                    + " credentials, token exchange and refresh. Taking a method away refuses the agents"
                                    + " that use it with invalid_client. Empty stands for 'private_key_jwt',"
                                    + " 'client_secret_basic', 'client_secret_post' and 'tls_client_auth'; other methods"
                                    + " are 'client_secret_jwt' and the ids of further client authenticators.")
                            .type(ProviderConfigProperty.MULTIVALUED_STRING_TYPE)
                            .defaultValue(DEFAULT_AUTH_METHODS.stream().sorted().toList())
                            .add()
                            .property()
                            .name(MAX_ASSERTION_LIFETIME)
                            .label("Longest assertion lifetime (seconds)")
                            .helpText(
                                    "A signed client assertion (private_key_jwt) that lives longer, from iat to exp, is"
                                            + " refused. Keycloak also refuses it when it was issued longer ago than the client's"
                                            + " own 'Signature max expiration', 60 seconds by default.")
                            .type(ProviderConfigProperty.INTEGER_TYPE)
                            .defaultValue(DEFAULT_MAX_ASSERTION_LIFETIME)
                            .add()
                            .property()
                            .name(MAX_SECRET_AGE_DAYS)
                            .label("Oldest client secret (days)")
                            .helpText(
                                    "Agents whose client secret is older are refused until an administrator regenerates"
                                            + " it, and so are those whose secret Keycloak did not generate, because its age is"
                                            + " not known. 0 accepts secrets of any age.")
                            .type(ProviderConfigProperty.INTEGER_TYPE)
                            .defaultValue(0)
                            .add()
                            .property()
                            .name(REQUIRE_EXPLICIT_SCOPE)
                            .label("Require a scope")
                            .helpText("If on, a request without the scope parameter is refused. If off, it gets the"
                                    + " agent's default client scopes that the MCP server owns.")
                            .type(ProviderConfigProperty.BOOLEAN_TYPE)
                            .defaultValue(false)
                            .add()
                            .property()
                            .name(MAX_TOKEN_LIFETIME)
                            .label("Longest token lifetime (seconds)")
                            .helpText("Machine tokens live no longer than this, whatever realm and client settings say;"
                                    + " shorter settings stay in force.")
                            .type(ProviderConfigProperty.INTEGER_TYPE)
                            .defaultValue(DEFAULT_MAX_TOKEN_LIFETIME)
                            .add()
                            .property()
                            .name(ALLOW_DYNAMICALLY_REGISTERED)
                            .label("Allow dynamically registered clients")
                            .helpText("If off, clients that registered themselves get no machine tokens, even after an"
                                    + " administrator enabled their service account.")
                            .type(ProviderConfigProperty.BOOLEAN_TYPE)
                            .defaultValue(false)
                            .add()
                            .build()
                            .stream())
            .toList();

    @Override
    public ClientPolicyExecutorProvider<?> create(KeycloakSession session) {
        return new McpClientCredentialsExecutor(session);
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
        return "An agent's machine token (client credentials grant) is good for one MCP server, the scopes it asked for,"
                + " and a short time. There is no refresh token.";
    }

    @Override
    public List<ProviderConfigProperty> getConfigProperties() {
        return PROPERTIES;
    }
}

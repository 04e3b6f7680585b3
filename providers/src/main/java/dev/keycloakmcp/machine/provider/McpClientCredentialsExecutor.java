package dev.keycloakmcp.machine.provider;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.machine.MachineRequest;
import dev.keycloakmcp.machine.MachineRule;
import dev.keycloakmcp.resource.provider.McpAttributes;
import dev.keycloakmcp.resource.provider.McpExecutorConfiguration;
import dev.keycloakmcp.resource.provider.McpRequest;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import dev.keycloakmcp.resource.provider.RequestFacts;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.context.ServiceAccountTokenRequestContext;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProvider;

/** Decides on client credentials requests; supersedes the general binding to a target. */
final class McpClientCredentialsExecutor
        implements ClientPolicyExecutorProvider<McpClientCredentialsExecutor.Configuration> {

    private final KeycloakSession session;
    private Configuration configuration = new Configuration();

    McpClientCredentialsExecutor(KeycloakSession session) {
        this.session = session;
    }

    @Override
    public void setupConfiguration(@Nullable Configuration config) {
        configuration = config == null ? new Configuration() : config;
    }

    @Override
    public Class<Configuration> getExecutorConfigurationClass() {
        return Configuration.class;
    }

    @Override
    public String getProviderId() {
        return McpClientCredentialsExecutorFactory.PROVIDER_ID;
    }

    @Override
    public void executeOnEvent(ClientPolicyContext context) {
        if (!(context instanceof ServiceAccountTokenRequestContext)) {
            return;
        }
        RequestFacts.of(session, context).ifPresent(facts -> {
            McpRequest request = McpRequest.of(session);
            request.add(new McpRequest.Verdict(
                    getProviderId(),
                    McpRequest.Rank.SPECIFIC,
                    configuration.enforcement(),
                    configuration.rule().decide(machineRequest(facts), McpServerRegistry.of(session))));
            if (configuration.enforcement() == EnforcementMode.ENFORCE) {
                request.refuseRefreshToken();
            }
        });
    }

    private static MachineRequest machineRequest(RequestFacts facts) {
        return new MachineRequest(
                facts.target(),
                facts.requestedScopes(),
                facts.client().getClientScopes(true).keySet(),
                facts.client().getAttribute(McpAttributes.REGISTRATION) != null);
    }

    /** Configuration. */
    static final class Configuration extends McpExecutorConfiguration {

        @JsonProperty(McpClientCredentialsExecutorFactory.REQUIRE_EXPLICIT_SCOPE)
        private @Nullable String requireExplicitScope;

        @JsonProperty(McpClientCredentialsExecutorFactory.ALLOW_DYNAMICALLY_REGISTERED)
        private @Nullable String allowDynamicallyRegistered;

        @JsonProperty(McpClientCredentialsExecutorFactory.MAX_TOKEN_LIFETIME)
        private @Nullable String maxTokenLifetime;

        MachineRule rule() {
            return new MachineRule(
                    whenMissing(),
                    flag(requireExplicitScope, false),
                    flag(allowDynamicallyRegistered, false),
                    positive(maxTokenLifetime, McpClientCredentialsExecutorFactory.DEFAULT_MAX_TOKEN_LIFETIME));
        }
    }
}

package dev.keycloakmcp.machine.provider;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.machine.ClientCredential;
import dev.keycloakmcp.machine.CredentialRule;
import dev.keycloakmcp.machine.MachineRequest;
import dev.keycloakmcp.machine.MachineRule;
import dev.keycloakmcp.policy.provider.McpExecutor;
import dev.keycloakmcp.policy.provider.McpExecutorConfiguration;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.policy.provider.RequestFacts;
import dev.keycloakmcp.policy.provider.SavedConfiguration;
import dev.keycloakmcp.resource.McpAttributes;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.common.util.Time;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.context.ServiceAccountTokenRequestContext;
import org.keycloak.services.clientpolicy.context.TokenExchangeRequestContext;
import org.keycloak.services.clientpolicy.context.TokenRefreshContext;

/**
 * Decides on client credentials requests; supersedes the general binding to a target. How agents authenticate counts at
 * token exchange and refresh as well.
 */
final class McpClientCredentialsExecutor extends McpExecutor<McpClientCredentialsExecutor.Configuration> {

    McpClientCredentialsExecutor(KeycloakSession session) {
        super(session, new Configuration());
    }

    @Override
    public void executeOnEvent(ClientPolicyContext context) {
        if (context instanceof ServiceAccountTokenRequestContext) {
            RequestFacts.of(session, context).ifPresent(this::machineToken);
        } else if (context instanceof TokenExchangeRequestContext || context instanceof TokenRefreshContext) {
            ClientModel client = session.getContext().getClient();
            // People's sessions of interactive clients are none of this policy's business.
            boolean machine = context instanceof TokenExchangeRequestContext || client.isServiceAccountsEnabled();
            if (machine && !client.isPublicClient()) {
                add(McpRequest.Rank.GUARD, credential(client).map(used -> Optional.empty()));
            }
        }
    }

    private void machineToken(RequestFacts facts) {
        add(McpRequest.Rank.SPECIFIC, credential(facts.client()).then(used -> configuration()
                .rule()
                .decide(machineRequest(facts), McpServerRegistry.of(session))));
        if (isEnforced()) {
            McpRequest request = McpRequest.of(session);
            request.refuseRefreshToken();
            request.addFinisher(MachineToken::finish);
        }
    }

    private Decision<ClientCredential> credential(ClientModel client) {
        UsedCredential used = new UsedCredential(session);
        AssertionUse use = new AssertionUse(session, client, used);
        return configuration()
                .credentialRule()
                .decide(
                        used.read(client),
                        used.authorizationServer(),
                        Time.currentTime(),
                        assertion -> !isEnforced() || use.isFirst(assertion));
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

        private static final int MOST = Integer.MAX_VALUE;

        @JsonProperty(McpClientCredentialsExecutorFactory.ALLOWED_AUTH_METHODS)
        private @Nullable Object allowedAuthMethods;

        @JsonProperty(McpClientCredentialsExecutorFactory.REQUIRE_EXPLICIT_SCOPE)
        private @Nullable String requireExplicitScope;

        @JsonProperty(McpClientCredentialsExecutorFactory.ALLOW_DYNAMICALLY_REGISTERED)
        private @Nullable String allowDynamicallyRegistered;

        @JsonProperty(McpClientCredentialsExecutorFactory.MAX_TOKEN_LIFETIME)
        private @Nullable String maxTokenLifetime;

        @JsonProperty(McpClientCredentialsExecutorFactory.MAX_ASSERTION_LIFETIME)
        private @Nullable String maxAssertionLifetime;

        @JsonProperty(McpClientCredentialsExecutorFactory.MAX_SECRET_AGE_DAYS)
        private @Nullable String maxSecretAgeDays;

        @Override
        protected String providerId() {
            return McpClientCredentialsExecutorFactory.PROVIDER_ID;
        }

        @Override
        protected SavedConfiguration check() {
            return super.check()
                    .names(
                            McpClientCredentialsExecutorFactory.ALLOWED_AUTH_METHODS,
                            allowedAuthMethods,
                            "[A-Za-z0-9._-]+",
                            "names of authentication methods")
                    .flag(McpClientCredentialsExecutorFactory.REQUIRE_EXPLICIT_SCOPE, requireExplicitScope)
                    .flag(McpClientCredentialsExecutorFactory.ALLOW_DYNAMICALLY_REGISTERED, allowDynamicallyRegistered)
                    .number(McpClientCredentialsExecutorFactory.MAX_TOKEN_LIFETIME, maxTokenLifetime, 1, MOST)
                    .number(McpClientCredentialsExecutorFactory.MAX_ASSERTION_LIFETIME, maxAssertionLifetime, 1, MOST)
                    .number(McpClientCredentialsExecutorFactory.MAX_SECRET_AGE_DAYS, maxSecretAgeDays, 0, MOST);
        }

        MachineRule rule() {
            return new MachineRule(
                    whenMissing(),
                    flag(requireExplicitScope, false),
                    flag(allowDynamicallyRegistered, false),
                    positive(maxTokenLifetime, McpClientCredentialsExecutorFactory.DEFAULT_MAX_TOKEN_LIFETIME));
        }

        CredentialRule credentialRule() {
            Set<String> methods = names(allowedAuthMethods);
            return new CredentialRule(
                    methods.isEmpty() ? McpClientCredentialsExecutorFactory.DEFAULT_AUTH_METHODS : methods,
                    positive(maxAssertionLifetime, McpClientCredentialsExecutorFactory.DEFAULT_MAX_ASSERTION_LIFETIME),
                    days(maxSecretAgeDays));
        }

        /** What cannot be read is the shortest limit there is. */
        private static int days(@Nullable String value) {
            if (value == null || value.isBlank()) {
                return 0;
            }
            return "0".equals(value.trim()) ? 0 : positive(value, 1);
        }
    }
}

package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.policy.Rank;
import dev.keycloakmcp.policy.RequestFacts;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.policy.Verdict;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.executor.ClientPolicyExecutorProvider;

/**
 * The base of MCP executors. They hand in verdicts, which take effect where tokens are made.
 *
 * @param <C> configuration
 */
public abstract class McpExecutor<C extends McpExecutorConfiguration> implements ClientPolicyExecutorProvider<C> {

    protected final KeycloakSession session;

    private C configuration;

    /** @param defaults the configuration where Keycloak stored none */
    protected McpExecutor(KeycloakSession session, C defaults) {
        this.session = session;
        this.configuration = defaults;
    }

    @Override
    public final void setupConfiguration(@Nullable C stored) {
        if (stored != null) {
            configuration = stored;
        }
    }

    @Override
    @SuppressWarnings("unchecked") // the class of a C
    public final Class<C> getExecutorConfigurationClass() {
        return (Class<C>) configuration.getClass();
    }

    @Override
    public final String getProviderId() {
        return configuration.providerId();
    }

    protected final C configuration() {
        return configuration;
    }

    /** Enforced, or only reported. */
    protected final EnforcementMode enforcement() {
        return Rehearsal.mode(session).orElseGet(configuration::enforcement);
    }

    protected final boolean isEnforced() {
        return enforcement() == EnforcementMode.ENFORCE;
    }

    /** The facts of the request, which its event names where it is refused. */
    protected final Optional<RequestFacts> facts(ClientPolicyContext context) {
        Optional<RequestFacts> facts = RequestFactsReader.of(session).read(context);
        facts.ifPresent(RequestEvent.of(session)::requested);
        return facts;
    }

    protected final <T> Decision<T> deciding(Supplier<Decision<T>> rules) {
        return DecisionTelemetry.deciding(session, getProviderId(), enforcement(), rules);
    }

    protected final void add(Rank rank, Decision<Optional<TokenNarrowing>> decision) {
        McpRequest.of(session).add(new Verdict(getProviderId(), rank, enforcement(), decision));
    }
}

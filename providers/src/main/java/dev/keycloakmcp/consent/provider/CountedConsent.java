package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.policy.provider.ServerConsent;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.UserConsentModel;

/**
 * A consent that Keycloak stored, as it counts for one request: not for what the person was not asked about for its MCP
 * server, and without a question about what its token will not hold.
 */
final class CountedConsent extends UserConsentModel implements ServerConsent {

    /** Decides on one scope. */
    @FunctionalInterface
    interface Rule {
        boolean isAllowed(ClientScopeModel scope, @Nullable String parameter);
    }

    private final UserConsentModel stored;
    private final Predicate<ClientScopeModel> askedFor;
    private final Rule rule;
    private final ServerConsent server;

    /** A consent of a login, or of a request that leads to no token. */
    CountedConsent(UserConsentModel stored, Predicate<ClientScopeModel> askedFor, Rule rule) {
        this(stored, askedFor, rule, withScope -> true);
    }

    /**
     * A consent of a token request.
     *
     * @param askedFor the scopes that the request needs a yes for
     * @param rule decides on those of them that Keycloak stored
     * @param server decides on the MCP server of the token
     */
    CountedConsent(UserConsentModel stored, Predicate<ClientScopeModel> askedFor, Rule rule, ServerConsent server) {
        super(stored.getClient());
        this.stored = stored;
        this.askedFor = askedFor;
        this.rule = rule;
        this.server = server;
        setCreatedDate(stored.getCreatedDate());
        setLastUpdatedDate(stored.getLastUpdatedDate());
    }

    /**
     * The consent that Keycloak is to store: of the one that it would store, what the person was asked, and what was stored
     * before.
     */
    static UserConsentModel stored(
            UserConsentModel wanted, @Nullable UserConsentModel before, Predicate<ClientScopeModel> askedFor) {
        UserConsentModel stored = new UserConsentModel(wanted.getClient());
        stored.setCreatedDate(wanted.getCreatedDate());
        stored.setLastUpdatedDate(wanted.getLastUpdatedDate());
        for (ClientScopeModel scope : wanted.getGrantedClientScopes()) {
            if (askedFor.test(scope)) {
                copy(wanted, scope, stored);
            } else if (before != null) {
                copy(before, scope, stored);
            }
        }
        return stored;
    }

    private static void copy(UserConsentModel from, ClientScopeModel scope, UserConsentModel to) {
        from.getParameters(scope).forEach(parameter -> to.addGrantedClientScope(scope, parameter));
        if (from.isClientScopeGranted(scope)) {
            to.addGrantedClientScope(scope);
        }
    }

    @Override
    public boolean isForServer(boolean withScope) {
        return server.isForServer(withScope);
    }

    @Override
    public boolean isClientScopeGranted(ClientScopeModel scope) {
        return isClientScopeGranted(scope, null);
    }

    @Override
    public boolean isClientScopeGranted(ClientScopeModel scope, @Nullable String parameter) {
        return !askedFor.test(scope)
                || stored.isClientScopeGranted(scope, parameter) && rule.isAllowed(scope, parameter);
    }

    @Override
    public void addGrantedClientScope(ClientScopeModel scope, @Nullable String parameter) {
        stored.addGrantedClientScope(scope, parameter);
    }

    @Override
    public Set<ClientScopeModel> getGrantedClientScopes() {
        return stored.getGrantedClientScopes();
    }

    @Override
    public List<String> getParameters(ClientScopeModel scope) {
        return stored.getParameters(scope);
    }
}

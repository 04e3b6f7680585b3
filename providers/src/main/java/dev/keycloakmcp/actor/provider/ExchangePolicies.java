package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.ActingParties;
import dev.keycloakmcp.actor.ActingParty;
import dev.keycloakmcp.actor.ChainRule;
import dev.keycloakmcp.actor.DelegatedSubject;
import dev.keycloakmcp.actor.Delegation;
import dev.keycloakmcp.actor.ExchangeRequest;
import dev.keycloakmcp.actor.RequestedToken;
import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.Rank;
import dev.keycloakmcp.policy.Verdict;
import dev.keycloakmcp.policy.provider.AssumedEnforcement;
import dev.keycloakmcp.policy.provider.DecisionTelemetry;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.policy.provider.RealmActors;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import dev.keycloakmcp.token.provider.AllowedServer;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.keycloak.OAuth2Constants;
import org.keycloak.common.util.Time;
import org.keycloak.models.KeycloakContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.protocol.oidc.TokenExchangeContext;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.services.Urls;

/** The delegation policies of an exchange, which have their say once its tokens are verified. */
final class ExchangePolicies {

    private final KeycloakSession session;
    private final DelegationState state;

    ExchangePolicies(KeycloakSession session) {
        this.session = session;
        this.state = DelegationState.of(session);
    }

    boolean areThere() {
        return !state.policies().isEmpty();
    }

    /** True when one of them is enforced, rather than only reports. */
    boolean areEnforced() {
        return state.policies().stream().anyMatch(policy -> policy.mode() == EnforcementMode.ENFORCE);
    }

    /** Lets every policy deny what holds for all of them. */
    void deny(Decision.Deny<?> deny) {
        state.policies().forEach(policy -> add(policy, deny.retyped()));
    }

    /** Lets every policy have its say, and decides what holds even without policies. */
    Decision<ActorChain> decide(DelegatedSubject subject, Decision<ActingParties> acting, RequestedToken requested) {
        acting.denied().ifPresent(this::deny);
        return acting.then(parties -> decide(subject, parties, requested));
    }

    private Decision<ActorChain> decide(DelegatedSubject subject, ActingParties acting, RequestedToken requested) {
        ActorEvents.tell(session, acting);
        KeycloakContext context = session.getContext();
        ExchangeRequest request = new ExchangeRequest(
                subject,
                acting,
                requested,
                Urls.realmIssuer(
                        context.getUri().getBaseUri(), context.getRealm().getName()),
                inactive(subject, acting));
        state.policies().forEach(policy -> decide(request, policy));
        return (areThere() ? ChainRule.WHATEVER_POLICY : ChainRule.WITHOUT_POLICY).decide(request);
    }

    private void decide(ExchangeRequest request, DelegationState.Policy policy) {
        Decision<Delegation> decision =
                DecisionTelemetry.deciding(session, policy.id(), policy.mode(), () -> policy.rule()
                        .decide(
                                request,
                                policy.facts().target(),
                                policy.facts().requestedScopes(),
                                McpServerRegistry.of(session)));
        add(policy, decision);
        if (policy.mode() == EnforcementMode.ENFORCE) {
            decision.allowed()
                    .ifPresent(allowed -> state.notAfter(Time.currentTime() + (long) allowed.lifetimeSeconds()));
        }
    }

    /** As at a login: a client whose users are asked gets what they allowed it at that MCP server. */
    void denyWithoutConsent(TokenExchangeContext exchange, UserModel user) {
        McpRequest request = McpRequest.of(session);
        String scope = exchange.getFormParams().getFirst(OAuth2Constants.SCOPE);
        Supplier<Boolean> isThere =
                () -> TokenManager.verifyConsentStillAvailable(session, user, exchange.getClient(), null, scope);
        Decision.Deny<Object> deny = AllowedServer.missing();
        if (request.narrowing().isPresent() && !isThere.get()) {
            request.deny(deny.reason(), deny.detail());
        } else if (request.wouldNarrow().isPresent() && !AssumedEnforcement.ask(session, isThere)) {
            request.wouldBeDenied(deny.reason(), deny.detail());
        }
    }

    private Set<Actor> inactive(DelegatedSubject subject, ActingParties acting) {
        return new RealmActors(session)
                .inactive(Stream.of(
                                acting.all().stream().map(ActingParty::actor),
                                ActorChain.read(subject.act()).stream().flatMap(chain -> chain.actors().stream()),
                                subject.impersonator().stream())
                        .flatMap(Function.identity())
                        .toList());
    }

    private void add(DelegationState.Policy policy, Decision<Delegation> decision) {
        McpRequest.of(session)
                .add(new Verdict(policy.id(), Rank.SPECIFIC, policy.mode(), decision.map(Delegation::narrowing)));
    }
}

package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.ActingParty;
import dev.keycloakmcp.actor.ChainRule;
import dev.keycloakmcp.actor.DelegatedSubject;
import dev.keycloakmcp.actor.Delegation;
import dev.keycloakmcp.actor.ExchangeRequest;
import dev.keycloakmcp.actor.RequestedToken;
import dev.keycloakmcp.actor.TokenOrigin;
import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.McpEventDetails;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.McpRefusal;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.policy.provider.McpSuspension;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import dev.keycloakmcp.support.ScopeParameter;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.common.util.Time;
import org.keycloak.events.Details;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.TokenExchangeContext;
import org.keycloak.protocol.oidc.TokenExchangeProvider;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.protocol.oidc.tokenexchange.StandardTokenExchangeProvider;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.CorsErrorResponseException;
import org.keycloak.services.Urls;
import org.keycloak.services.managers.AuthenticationManager.AuthResult;

/**
 * Token exchange (RFC 8693) in realms that use MCP policies. Every exchange passes here, whichever provider Keycloak has
 * for it: what policies decide is done, no token that says who acts or may act becomes one that does not, and everything
 * else is Keycloak's own.
 */
final class McpTokenExchangeProvider extends StandardTokenExchangeProvider {

    private static final List<String> SINGLE = List.of(
            OAuth2Constants.SUBJECT_TOKEN,
            OAuth2Constants.SUBJECT_TOKEN_TYPE,
            OAuth2Constants.ACTOR_TOKEN,
            OAuth2Constants.ACTOR_TOKEN_TYPE,
            OAuth2Constants.REQUESTED_TOKEN_TYPE,
            OAuth2Constants.SCOPE);

    private @Nullable TokenExchangeProvider keycloaks;

    @Override
    public boolean supports(TokenExchangeContext exchange) {
        if (!McpRealm.isOptedIn(exchange.getSession())) {
            return false;
        }
        KeycloakSession current = exchange.getSession();
        keycloaks = current.getKeycloakSessionFactory()
                .getProviderFactoriesStream(TokenExchangeProvider.class)
                .sorted((one, other) -> other.order() - one.order())
                .filter(factory -> !McpTokenExchangeProviderFactory.PROVIDER_ID.equals(factory.getId()))
                .map(factory -> current.getProvider(TokenExchangeProvider.class, factory.getId()))
                .filter(provider -> provider.supports(exchange))
                .findFirst()
                .orElse(null);
        return keycloaks != null;
    }

    @Override
    protected Response tokenExchange() {
        SINGLE.stream().filter(this::isRepeated).findFirst().ifPresent(name -> {
            throw refusal(new Decision.Deny<>(
                    ReasonCode.EXCHANGE_PARAMETER_REPEATED, "The " + name + " parameter is sent more than once."));
        });
        if (McpSuspension.isSuspended(session, client)) {
            throw refusal(new Decision.Deny<>(ReasonCode.ACTOR_INACTIVE, "The client is suspended."));
        }
        if (!(keycloaks instanceof StandardTokenExchangeProvider)) {
            return unawareOfActors();
        }
        // A subclass that wants an actor token is Keycloak's own delegation.
        if (DelegationState.of(session).isLeftToKeycloak() && !isPlain() && isSent(OAuth2Constants.ACTOR_TOKEN)) {
            DelegationState.of(session).handOver();
            // Read without a check: Keycloak verifies the token, and what it says only has to be kept.
            Optional.ofNullable(session.tokens().decode(params.getSubjectToken(), AccessToken.class))
                    .flatMap(TokenActors::in)
                    .ifPresent(DelegationState.of(session)::actsBy);
            return byKeycloak();
        }
        return standard();
    }

    /** What a suspended client got before, or acted in, is worth nothing any more. */
    private void refuseSuspended(AuthResult subject) {
        if (McpSuspension.isBehind(session, subject.token(), subject.user())) {
            tell(subject);
            throw refusal(new Decision.Deny<>(
                    ReasonCode.ACTOR_INACTIVE, "An actor of the delegation is not active any more."));
        }
    }

    private boolean isRepeated(String name) {
        List<String> values = formParams.get(name);
        return values != null && values.size() > 1;
    }

    private boolean isPlain() {
        return keycloaks == null || keycloaks.getClass() == StandardTokenExchangeProvider.class;
    }

    private Response byKeycloak() {
        return keycloaks == null || isPlain() ? super.tokenExchange() : keycloaks.exchange(context);
    }

    /** Keycloak's legacy exchange and those with other issuers, which drop what a token says about actors. */
    private Response unawareOfActors() {
        Decision.Deny<Delegation> unsupported = new Decision.Deny<>(
                ReasonCode.EXCHANGE_UNSUPPORTED,
                "This kind of token exchange is not available here; exchange an access token of this realm, with"
                        + " standard token exchange enabled for the client.");
        DelegationState.of(session).policies().forEach(policy -> add(policy, unsupported));
        refuseWhatIsDenied();
        if (isSent(OAuth2Constants.ACTOR_TOKEN)
                || DelegationClaims.areClaimedBy(params.getSubjectToken())
                || isActedFor(params.getSubjectToken())) {
            throw refusal(unsupported);
        }
        return byKeycloak();
    }

    /** Whether somebody acts by a token of this realm that leaves it to introspection to say so. */
    private boolean isActedFor(@Nullable String encoded) {
        AccessToken token = encoded == null ? null : session.tokens().decode(encoded, AccessToken.class);
        if (token == null) {
            return false;
        }
        TokenActors tokens = new TokenActors(session);
        return tokens.unsaidClient(token).isPresent()
                || tokens.impersonator(token).isPresent();
    }

    private Response standard() {
        DelegationState state = DelegationState.of(session);
        boolean asked = isSent(OAuth2Constants.ACTOR_TOKEN) || isSent(OAuth2Constants.ACTOR_TOKEN_TYPE);
        event.detail(Details.REQUESTED_TOKEN_TYPE, params.getRequestedTokenType());
        TokenProof proof = new TokenProof(session);
        Optional<AuthResult> verified = proof.verify(params.getSubjectToken());
        if (verified.isEmpty()) {
            Decision.Deny<Delegation> invalid =
                    new Decision.Deny<>(ReasonCode.SUBJECT_TOKEN_INVALID, "The subject_token is not valid.");
            state.policies().forEach(policy -> add(policy, invalid));
            refuseWhatIsDenied();
            throw refusal(invalid);
        }
        AuthResult subject = verified.get();
        refuseSuspended(subject);
        DelegatedSubject facts = facts(subject, proof);
        if (state.policies().isEmpty() && !asked && !facts.isDelegated()) {
            return byKeycloak();
        }
        tell(subject);
        Decision<ActingParty> party = party(proof);
        Decision<ActorChain> chain = decide(facts, party);
        refuseWhatIsDenied();
        if (!state.isEnforced() && !asked && !facts.isDelegated()) {
            return byKeycloak();
        }
        ActorChain actors = chain.orElseThrow(this::refusal);
        if (!proof.isCertificateThere(client)) {
            throw refusal(new Decision.Deny<>(
                    ReasonCode.CLIENT_CERTIFICATE_MISSING,
                    "The client gets certificate-bound tokens only; send the request with its certificate."));
        }
        state.exchangedBy(party.orElseThrow(this::refusal), actors);
        McpRequest.of(session).notAfter(expiry(subject.token()));
        // An ID token can be asked for permissions with, so that it keeps the chain as well.
        McpRequest.of(session)
                .vouch(DelegationClaims.ACT, state.chain().orElseThrow().toClaim());
        session.getContext().setBearerToken(subject.token());
        session.getContext().setUserSession(subject.session());
        return exchangeClientToClient(subject.user(), subject.session(), subject.token(), true);
    }

    /** Lets every policy have its say, now that the tokens are verified; says what holds even without policies. */
    private Decision<ActorChain> decide(DelegatedSubject subject, Decision<ActingParty> acting) {
        DelegationState state = DelegationState.of(session);
        acting.denied().ifPresent(deny -> state.policies().forEach(policy -> add(policy, deny.retyped())));
        return acting.then(party -> decide(subject, party));
    }

    private Decision<ActorChain> decide(DelegatedSubject subject, ActingParty party) {
        DelegationState state = DelegationState.of(session);
        ActorEvents.tell(session, party);
        ExchangeRequest request = new ExchangeRequest(
                subject,
                party,
                RequestedToken.of(params.getRequestedTokenType()),
                Urls.realmIssuer(session.getContext().getUri().getBaseUri(), realm.getName()),
                inactive(subject, party));
        for (DelegationState.Policy policy : state.policies()) {
            Decision<Delegation> decision = policy.rule()
                    .decide(
                            request,
                            policy.facts().target(),
                            policy.facts().requestedScopes(),
                            McpServerRegistry.of(session));
            add(policy, decision);
            if (policy.mode() == EnforcementMode.ENFORCE) {
                decision.allowed()
                        .ifPresent(allowed -> state.notAfter(Time.currentTime() + (long) allowed.lifetimeSeconds()));
            }
        }
        return (state.policies().isEmpty() ? ChainRule.WITHOUT_POLICY : ChainRule.WHATEVER_POLICY).decide(request);
    }

    private void refuseWhatIsDenied() {
        McpRequest.of(session).settle().ifPresent(deny -> {
            throw refusal(deny);
        });
    }

    private void add(DelegationState.Policy policy, Decision<Delegation> decision) {
        McpRequest.of(session)
                .add(new McpRequest.Verdict(
                        policy.id(), McpRequest.Rank.SPECIFIC, policy.mode(), decision.map(Delegation::narrowing)));
    }

    private DelegatedSubject facts(AuthResult subject, TokenProof proof) {
        AccessToken token = subject.token();
        boolean holder = client.getClientId().equals(token.getIssuedFor());
        boolean audience = token.hasAudience(client.getClientId()) || isTargetOf(token);
        Object act = token.getOtherClaims().get(DelegationClaims.ACT);
        TokenActors tokens = new TokenActors(session);
        if (act == null) {
            act = tokens.unsaidClient(token)
                    .map(ActorChain::of)
                    .map(ActorChain::toClaim)
                    .orElse(null);
        }
        return new DelegatedSubject(
                Stream.of(token.getSubject(), subject.user().getId())
                        .filter(id -> id != null)
                        .collect(Collectors.toSet()),
                act,
                act != null && tokens.origin(token).isUserSignIn(),
                token.getOtherClaims().get(DelegationClaims.MAY_ACT),
                Actors.impersonator(realm, subject.session()),
                ScopeParameter.names(token.getScope()).orElse(Set.of()),
                expiry(token) - Time.currentTime(),
                holder || audience,
                // Who received a bound token has no proof to show; its holder showed it when the token was presented.
                !holder && audience || proof.isPossessed(token));
    }

    private static long expiry(AccessToken token) {
        return token.getExp() == null || token.getExp() == 0 ? Long.MAX_VALUE : token.getExp();
    }

    /** Who wants to act: whom the actor token proves, else the client that authenticated. */
    private Decision<ActingParty> party(TokenProof proof) {
        if (isSent(OAuth2Constants.ACTOR_TOKEN) != isSent(OAuth2Constants.ACTOR_TOKEN_TYPE)
                || isSent(OAuth2Constants.ACTOR_TOKEN)
                        && !OAuth2Constants.ACCESS_TOKEN_TYPE.equals(params.getActorTokenType())) {
            return Decision.deny(
                    ReasonCode.ACTOR_TOKEN_TYPE,
                    "actor_token and actor_token_type come together, and the type must be"
                            + " urn:ietf:params:oauth:token-type:access_token.");
        }
        if (!isSent(OAuth2Constants.ACTOR_TOKEN)) {
            return Decision.allow(new ActingParty(
                    Actors.of(session, client),
                    ActingParty.Kind.CLIENT,
                    client.getClientId(),
                    false,
                    Actors.names(client.getClientId(), Actors.account(session, client))));
        }
        return proof.verify(params.getActorToken())
                .map(actor -> proven(actor, proof))
                .orElseGet(() -> Decision.deny(ReasonCode.ACTOR_TOKEN_INVALID, "The actor_token is not valid."));
    }

    private Decision<ActingParty> proven(AuthResult actor, TokenProof proof) {
        AccessToken token = actor.token();
        if (!client.getClientId().equals(token.getIssuedFor())
                && !token.hasAudience(client.getClientId())
                && !isTargetOf(token)) {
            return Decision.deny(
                    ReasonCode.ACTOR_TOKEN_NOT_FOR_CLIENT,
                    "The actor_token was not issued to the client, and the client is not in its audience.");
        }
        if (!proof.isPossessed(token)) {
            return Decision.deny(
                    ReasonCode.ACTOR_TOKEN_UNPROVEN,
                    "The actor_token is sender-constrained; send the proof of the key or certificate it is bound to.");
        }
        boolean machine = actor.user().getServiceAccountClientLink() != null;
        if (isDelegated(actor, machine)) {
            return Decision.deny(
                    ReasonCode.ACTOR_TOKEN_DELEGATED, "The actor_token is a delegated token; send the actor's own.");
        }
        return Decision.allow(new ActingParty(
                new Actor(actor.user().getId(), token.getIssuedFor()),
                machine ? ActingParty.Kind.CLIENT : ActingParty.Kind.USER,
                machine ? token.getIssuedFor() : actor.user().getUsername(),
                true,
                Actors.names(token.getIssuedFor(), actor.user())));
    }

    /**
     * Whether a token is not the actor's own. A person's own token may say that the client it was issued to acts; that
     * is how people act.
     */
    private boolean isDelegated(AuthResult actor, boolean machine) {
        AccessToken token = actor.token();
        boolean others = machine
                ? !actor.client().getId().equals(actor.user().getServiceAccountClientLink())
                : Actors.impersonator(realm, actor.session()).isPresent();
        Object act = token.getOtherClaims().get(DelegationClaims.ACT);
        return others
                || new TokenActors(session).origin(token) == TokenOrigin.EXCHANGE
                || act != null
                        && TokenActors.in(token)
                                .filter(chain -> chain.depth() == 1
                                        && chain.current().clientId().equals(token.getIssuedFor()))
                                .isEmpty();
    }

    private Set<Actor> inactive(DelegatedSubject subject, ActingParty party) {
        return new RealmActors(session)
                .inactive(Stream.concat(
                                Stream.of(party.actor()),
                                ActorChain.read(subject.act()).stream().flatMap(chain -> chain.actors().stream()))
                        .toList());
    }

    private boolean isSent(String name) {
        return formParams.containsKey(name);
    }

    private void tell(AuthResult subject) {
        event.user(subject.user());
        event.detail(Details.USERNAME, subject.user().getUsername());
        if (subject.token().getSessionId() != null) {
            event.session(subject.session());
        }
        event.detail(Details.SUBJECT_TOKEN_CLIENT_ID, subject.token().getIssuedFor());
        event.detail(McpEventDetails.SUBJECT_TOKEN_ID, subject.token().getId());
        TokenActors.in(subject.token())
                .ifPresent(actors -> event.detail(McpEventDetails.SUBJECT_TOKEN_ACT, ActorEvents.json(actors)));
    }

    private CorsErrorResponseException refusal(Decision.Deny<?> deny) {
        event.detail(McpEventDetails.DECISION, "deny")
                .detail(McpEventDetails.REASON, deny.reason().code());
        McpRequest.of(session).tellAsked();
        return McpRefusal.of(session, event, cors, deny.reason(), deny.detail());
    }

    @Override
    protected void forbiddenIfClientIsNotWithinTokenAudience(AccessToken token) {
        if (token == null || !isTargetOf(token)) {
            super.forbiddenIfClientIsNotWithinTokenAudience(token);
        }
    }

    @Override
    protected List<ClientModel> getTargetAudienceClients() {
        return target().map(List::of).orElseGet(super::getTargetAudienceClients);
    }

    @Override
    protected void checkRequestedAudiences(TokenManager.AccessTokenResponseBuilder responseBuilder) {
        // A bound token gets its audience later, and no other than the target.
        if (target().isEmpty()) {
            super.checkRequestedAudiences(responseBuilder);
        }
    }

    @Override
    protected Response exchangeClientToClient(
            UserModel targetUser,
            UserSessionModel targetUserSession,
            AccessToken token,
            boolean disallowOnHolderOfTokenMismatch) {
        refuseWhatIsDenied();
        return super.exchangeClientToClient(targetUser, targetUserSession, token, disallowOnHolderOfTokenMismatch);
    }

    private Optional<ClientModel> target() {
        return McpRequest.of(session)
                .narrowing()
                .map(TokenNarrowing::server)
                .map(server -> realm.getClientById(server.id()));
    }

    private boolean isTargetOf(AccessToken token) {
        return McpRealm.isOptedIn(session)
                && McpServerRegistry.of(session)
                        .ofClient(client.getClientId())
                        .filter(server -> token.hasAudience(server.resourceUrl()))
                        .isPresent();
    }
}

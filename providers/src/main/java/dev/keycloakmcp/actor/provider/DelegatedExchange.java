package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.ActingParties;
import dev.keycloakmcp.actor.DelegatedSubject;
import dev.keycloakmcp.actor.DelegationDenials;
import dev.keycloakmcp.actor.ExchangeParameters;
import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.McpSuspension;
import dev.keycloakmcp.policy.provider.TokenConstraints;
import dev.keycloakmcp.policy.provider.VouchedClaims;
import dev.keycloakmcp.token.provider.KeptBinding;
import java.util.Optional;
import org.keycloak.events.Details;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.TokenExchangeContext;
import org.keycloak.services.managers.AuthenticationManager.AuthResult;

/** The exchange of an access token of this realm: verifies its tokens, and decides who acts by the token of it. */
final class DelegatedExchange {

    private final TokenExchangeContext exchange;
    private final KeycloakSession session;
    private final ExchangePolicies policies;
    private final ExchangeRefusal refusal;
    private final TokenProof proof;

    DelegatedExchange(TokenExchangeContext exchange) {
        this.exchange = exchange;
        this.session = exchange.getSession();
        this.policies = new ExchangePolicies(session);
        this.refusal = new ExchangeRefusal(exchange);
        this.proof = new TokenProof(session);
    }

    /**
     * Decides, and prepares the request for a token that says who acts.
     *
     * @return the subject token; empty where the exchange concerns no actors and no policy, and is Keycloak's own
     */
    Optional<AuthResult> decide(ExchangeParameters parameters) {
        exchange.getEvent()
                .detail(Details.REQUESTED_TOKEN_TYPE, exchange.getParams().getRequestedTokenType());
        AuthResult subject = verifiedSubject();
        ExchangeTokens tokens = new ExchangeTokens(session, proof, new RequestingClient(session, exchange.getClient()));
        DelegatedSubject facts = tokens.subject(subject);
        boolean chained = facts.needsChain(parameters.namesActor());
        if (!chained && !policies.areThere()) {
            return Optional.empty();
        }
        ActorEvents.tell(exchange.getEvent(), session, subject);
        Decision<ActingParties> acting = parameters.actorTokenToVerify().then(tokens::acting);
        Decision<ActorChain> chain = policies.decide(facts, acting, parameters.requested());
        KeptBinding.ofExchange(session, subject.token());
        policies.denyWithoutConsent(exchange, subject.user());
        refusal.ofPolicies();
        if (!chained && !policies.areEnforced()) {
            return Optional.empty();
        }
        ActorChain actors = chain.orElseThrow(refusal::of);
        if (!proof.isCertificateThere(exchange.getClient())) {
            throw refusal.of(new Decision.Deny<>(
                    ReasonCode.CLIENT_CERTIFICATE_MISSING,
                    "The client gets certificate-bound tokens only; send the request with its certificate."));
        }
        DelegationState.of(session).exchangedBy(acting.orElseThrow(refusal::of), actors);
        TokenConstraints.of(session).expireBy(ExchangeTokens.expiry(subject.token()));
        // An ID token can be asked for permissions with, so that it keeps the chain as well.
        VouchedClaims.of(session).vouch(DelegationClaims.ACT, actors.toClaim());
        session.getContext().setBearerToken(subject.token());
        session.getContext().setUserSession(subject.session());
        return Optional.of(subject);
    }

    private AuthResult verifiedSubject() {
        AuthResult subject = proof.verify(exchange.getParams().getSubjectToken())
                .orElseThrow(() -> {
                    Decision.Deny<?> invalid = DelegationDenials.subjectTokenInvalid();
                    policies.deny(invalid);
                    refusal.ofPolicies();
                    return refusal.of(invalid);
                });
        // What a suspended client got before, or acted in, is worth nothing any more.
        if (McpSuspension.isBehind(session, subject.token())) {
            ActorEvents.tell(exchange.getEvent(), session, subject);
            throw refusal.of(DelegationDenials.actorInactive());
        }
        return subject;
    }
}

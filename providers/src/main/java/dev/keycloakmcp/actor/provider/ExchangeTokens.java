package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.ActingParties;
import dev.keycloakmcp.actor.ActingParty;
import dev.keycloakmcp.actor.ActorToken;
import dev.keycloakmcp.actor.DelegatedSubject;
import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.RealmActors;
import dev.keycloakmcp.policy.provider.TokenConstraints;
import dev.keycloakmcp.support.ScopeParameter;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.common.util.Time;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.managers.AuthenticationManager.AuthResult;

/** The subject token and the actor token of an exchange, as facts for the rules. */
final class ExchangeTokens {

    private final RealmModel realm;
    private final RequestingClient requester;
    private final TokenProof proof;
    private final TokenActors tokens;
    private final RealmActors actors;

    ExchangeTokens(KeycloakSession session, TokenProof proof, RequestingClient requester) {
        this.realm = session.getContext().getRealm();
        this.requester = requester;
        this.proof = proof;
        this.tokens = new TokenActors(session);
        this.actors = new RealmActors(session);
    }

    /** The facts of a subject token that is verified. */
    DelegatedSubject subject(AuthResult subject) {
        AccessToken token = subject.token();
        boolean holder = requester.isHolderOf(token);
        boolean audience = requester.isAudienceOf(token);
        Optional<Actor> impersonator = RealmActors.impersonator(realm, subject.session());
        Object act = act(token, impersonator);
        return new DelegatedSubject(
                Stream.of(token.getSubject(), subject.user().getId())
                        .filter(Objects::nonNull)
                        .collect(Collectors.toSet()),
                act,
                act != null && tokens.origin(token).namesItsClient(),
                token.getOtherClaims().get(DelegationClaims.MAY_ACT),
                !DelegationClaims.onlyRestricts(token),
                impersonator,
                ScopeParameter.names(token.getScope()).orElse(Set.of()),
                expiry(token) - Time.currentTime(),
                holder || audience,
                // A server that received its token has no proof to show; the holder showed it when the token was
                // presented.
                !holder && requester.isServerOf(token) || proof.isPossessed(token));
    }

    /** The claim, with the names that this extension has for those whom Keycloak names by an id alone. */
    private @Nullable Object act(AccessToken token, Optional<Actor> impersonator) {
        Object said = token.getOtherClaims().get(DelegationClaims.ACT);
        if (said != null) {
            return ActorChain.read(said)
                    .map(actors::named)
                    .map(chain -> chain.renamed(actor -> impersonator
                            .filter(first -> actor.hasOneName() && first.isSameAs(actor))
                            .orElse(actor)))
                    .<Object>map(ActorChain::toClaim)
                    .orElse(said);
        }
        return tokens.unsaidClient(token)
                .map(ActorChain::of)
                .map(ActorChain::toClaim)
                .orElse(null);
    }

    /** The time at which a token expires, seconds since the epoch; {@link Long#MAX_VALUE} for one that does not. */
    static long expiry(AccessToken token) {
        return token.getExp() == null || token.getExp() == 0 ? Long.MAX_VALUE : token.getExp();
    }

    /** Makes what comes of a token name its actors, and end with it. */
    static void delegate(KeycloakSession session, AccessToken token, ActorChain actors) {
        DelegationState state = DelegationState.of(session);
        state.actsBy(actors);
        state.exchanged();
        TokenConstraints.of(session).expireBy(expiry(token));
    }

    /** The parties that want to act: the client that authenticated, and the one that the actor token proves. */
    Decision<ActingParties> acting(Optional<String> actorToken) {
        Decision<ActingParty> client = requester.party();
        if (actorToken.isEmpty()) {
            return client.map(ActingParties::of);
        }
        return proof.verify(actorToken.get())
                .map(actor -> client.then(party -> actor(actor).prove(party)))
                .orElseGet(() -> Decision.deny(ReasonCode.ACTOR_TOKEN_INVALID, "The actor_token is not valid."));
    }

    private ActorToken actor(AuthResult actor) {
        AccessToken token = actor.token();
        String serviceOf = actor.user().getServiceAccountClientLink();
        boolean machine = serviceOf != null;
        return new ActorToken(
                new ActingParty(
                        new Actor(actor.user().getId(), token.getIssuedFor()),
                        machine ? ActingParty.Kind.CLIENT : ActingParty.Kind.USER,
                        machine ? token.getIssuedFor() : actor.user().getUsername(),
                        true,
                        Actors.roles(realm, actor.user())),
                token.getOtherClaims().get(DelegationClaims.ACT),
                tokens.origin(token),
                machine
                        ? !actor.client().getId().equals(serviceOf)
                        : RealmActors.impersonator(realm, actor.session()).isPresent(),
                requester.recipient(token),
                proof.isPossessed(token));
    }
}

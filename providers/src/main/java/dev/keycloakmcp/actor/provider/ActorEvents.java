package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.ActingParties;
import dev.keycloakmcp.actor.ActingParty;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.McpEventDetails;
import dev.keycloakmcp.policy.provider.RequestEvent;
import dev.keycloakmcp.policy.provider.TokenSubject;
import java.util.Optional;
import org.keycloak.events.Details;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.managers.AuthenticationManager.AuthResult;
import org.keycloak.util.JsonSerialization;

/** The details of events that say who acts. */
final class ActorEvents {

    private ActorEvents() {}

    /** The chain as the claim in JSON. */
    private static String json(ActorChain chain) {
        return JsonSerialization.mapper.valueToTree(chain.toClaim()).toString();
    }

    /** Names the subject token of an exchange. */
    static void tell(EventBuilder event, KeycloakSession session, AuthResult subject) {
        event.user(subject.user());
        event.detail(Details.USERNAME, subject.user().getUsername());
        if (subject.token().getSessionId() != null) {
            event.session(subject.session());
        }
        event.detail(Details.SUBJECT_TOKEN_CLIENT_ID, subject.token().getIssuedFor());
        event.detail(McpEventDetails.SUBJECT_TOKEN_ID, subject.token().getId());
        acting(session, subject.token())
                .ifPresent(actors -> event.detail(McpEventDetails.SUBJECT_TOKEN_ACT, json(actors)));
    }

    /** Names the subject and the actors of a token that is refused. */
    static void tell(EventBuilder event, KeycloakSession session, AccessToken refused) {
        TokenSubject.user(session, refused).ifPresent(user -> {
            event.user(user);
            event.detail(Details.USERNAME, user.getUsername());
        });
        acting(session, refused).ifPresent(chain -> tell(session, chain));
    }

    private static Optional<ActorChain> acting(KeycloakSession session, AccessToken token) {
        return TokenActors.in(token).or(() -> UnsaidActors.of(session, token));
    }

    /** Names the party that acts, and the one behind it. */
    static void tell(KeycloakSession session, ActingParties acting) {
        tell(session, acting.outermost());
        acting.behind().ifPresent(party -> RequestEvent.of(session)
                .detail(McpEventDetails.ACTOR_TOKEN_ACT, json(ActorChain.of(party.actor()))));
    }

    private static void tell(KeycloakSession session, ActingParty party) {
        RequestEvent event = RequestEvent.of(session);
        event.detail(McpEventDetails.ACTOR, party.name());
        event.detail(McpEventDetails.ACTOR_ID, party.actor().subject());
        event.detail(McpEventDetails.ACTOR_TYPE, party.kind().value());
    }

    /** Names the whole chain, and the party that acts now. */
    static void tell(KeycloakSession session, ActorChain chain) {
        RequestEvent event = RequestEvent.of(session);
        event.detail(McpEventDetails.DELEGATION_CHAIN, chain.toEventDetail());
        event.detail(McpEventDetails.DELEGATION_CHAIN_DEPTH, String.valueOf(chain.depth()));
        DelegationState.of(session)
                .acting()
                .map(ActingParties::outermost)
                .ifPresentOrElse(party -> tell(session, party), () -> {
                    UserModel account = session.users()
                            .getUserById(
                                    session.getContext().getRealm(),
                                    chain.current().subject());
                    boolean person = account != null && account.getServiceAccountClientLink() == null;
                    event.detail(
                            McpEventDetails.ACTOR,
                            person ? account.getUsername() : chain.current().clientId());
                    event.detail(McpEventDetails.ACTOR_ID, chain.current().subject());
                    event.detail(
                            McpEventDetails.ACTOR_TYPE,
                            (person ? ActingParty.Kind.USER : ActingParty.Kind.CLIENT).value());
                });
    }
}

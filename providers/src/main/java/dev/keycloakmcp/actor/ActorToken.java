package dev.keycloakmcp.actor;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.ActorChain;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A verified actor token (RFC 8693 section 2.1).
 *
 * @param party the party that it proves
 * @param act its {@code act} claim, as it is
 * @param origin how it came about
 * @param ofAnother true when somebody else got it: another client than the one whose service account is its subject, or
 *     an administrator who took over the session
 * @param recipient its relation to the requesting client
 * @param proven true when the request proves the key that the token is bound to, or it is bound to none
 */
public record ActorToken(
        ActingParty party,
        @Nullable Object act,
        TokenOrigin origin,
        boolean ofAnother,
        Recipient recipient,
        boolean proven) {

    /** The relation of a token to the requesting client. */
    public enum Recipient {
        /** It was issued to the client. */
        HOLDER,
        /** It was issued to another, for the client, which received it. */
        AUDIENCE,
        NONE
    }

    /**
     * The parties that may act by the token. A token that the requesting client only received proves who sent it: the client
     * acts itself then, and that party stands behind it.
     *
     * @param requester the requesting client
     */
    public Decision<ActingParties> prove(ActingParty requester) {
        if (recipient == Recipient.NONE) {
            return Decision.deny(
                    ReasonCode.ACTOR_TOKEN_NOT_FOR_CLIENT,
                    "The actor_token was not issued to the client, and the client is not in its audience.");
        }
        if (!proven) {
            return Decision.deny(
                    ReasonCode.ACTOR_TOKEN_UNPROVEN,
                    "The actor_token is sender-constrained; send the proof of the key or certificate it is bound to.");
        }
        if (ofAnother || origin == TokenOrigin.EXCHANGE || act != null && !namesOnlyItsClient()) {
            return Decision.deny(
                    ReasonCode.ACTOR_TOKEN_DELEGATED, "The actor_token is a delegated token; send the actor's own.");
        }
        return Decision.allow(
                recipient == Recipient.HOLDER
                        ? ActingParties.of(party)
                        : new ActingParties(requester, Optional.of(party)));
    }

    /** A person's own token may say that the client it was issued to acts; that is how people act. */
    private boolean namesOnlyItsClient() {
        return ActorChain.read(act)
                .filter(chain -> chain.depth() == 1
                        && chain.current().clientId().equals(party.actor().clientId()))
                .isPresent();
    }
}

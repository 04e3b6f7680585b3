package dev.keycloakmcp.actor;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import java.util.Optional;

/**
 * A token about to be issued, as far as its actors depend on it.
 *
 * @param origin how it comes about
 * @param decided the actors of the request's tokens, where they are decided already
 * @param presented the actors of the token that it is made of: a refresh token, or the subject token of an exchange
 * @param requester the client that gets it
 * @param signIn the actors of the user's session
 */
public record IssuedToken(
        TokenOrigin origin,
        Optional<ActorChain> decided,
        Optional<ActorChain> presented,
        Actor requester,
        SignInActors signIn) {

    /** The actors of the token; nobody acts where the allowed value is empty. */
    public Decision<Optional<ActorChain>> actors() {
        return switch (origin) {
            case EXCHANGE -> decided.isPresent() ? Decision.allow(decided) : exchanged();
            case REFRESH -> Decision.allow(presented.or(signIn::chain));
            case SIGN_IN -> Decision.allow(signIn.chain());
            // Such a grant names no client, but may go on in a session that somebody took over.
            case ASSERTION, OTHER ->
                Decision.allow(decided.or(new SignInActors(Optional.empty(), signIn.impersonator())::chain));
        };
    }

    /** The subject token's actors stay, and the requester is the newest. A chain that is too long is refused, never cut. */
    private Decision<Optional<ActorChain>> exchanged() {
        Optional<ActorChain> longer =
                presented.isPresent() ? presented.get().then(requester) : Optional.of(ActorChain.of(requester));
        return longer.isPresent()
                ? Decision.allow(longer)
                : Decision.deny(ReasonCode.CHAIN_TOO_DEEP, "The subject_token passed through too many actors.");
    }
}

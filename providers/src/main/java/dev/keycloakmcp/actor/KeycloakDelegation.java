package dev.keycloakmcp.actor;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.KnownActors;
import java.util.Optional;

/**
 * A token that Keycloak's own delegation made.
 *
 * @param earlier the actors of the subject token
 * @param written the actors that the token says
 */
public record KeycloakDelegation(Optional<ActorChain> earlier, Optional<ActorChain> written) {

    /** Denies a token that lost an actor, or names one who may not act any more; allows the actors it says. */
    public Decision<Optional<ActorChain>> check(KnownActors realm) {
        boolean complete = earlier.isEmpty()
                || written.filter(now -> now.actors().containsAll(earlier.get().actors()))
                        .isPresent();
        if (!complete) {
            return Decision.deny(
                    ReasonCode.EXCHANGE_UNSUPPORTED, "This kind of token exchange loses actors of the subject_token.");
        }
        return written.isEmpty() || realm.areActive(written.get())
                ? Decision.allow(written)
                : DelegationDenials.actorInactive();
    }
}

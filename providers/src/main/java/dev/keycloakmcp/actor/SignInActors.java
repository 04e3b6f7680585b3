package dev.keycloakmcp.actor;

import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The actors of a user's session.
 *
 * @param client the client that the user signed in to, where its tokens name it as an actor
 * @param impersonator the administrator who took over the session
 */
public record SignInActors(Optional<Actor> client, Optional<Actor> impersonator) {

    /** The chain of both, the client first; empty where nobody acts for the user. */
    public Optional<ActorChain> chain() {
        return Optional.of(Stream.of(client, impersonator)
                        .flatMap(Optional::stream)
                        .toList())
                .filter(actors -> !actors.isEmpty())
                .map(ActorChain::new);
    }
}

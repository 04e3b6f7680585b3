package dev.keycloakmcp.actor;

import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/** The actors that a realm knows. Tells those who may go on acting from those who were stopped. */
public interface KnownActors {

    /** The client that stands for an administrator who took over a session. */
    String ADMIN_CONSOLE = "security-admin-console";

    /** The state of a client or an account. */
    enum Standing {
        ACTIVE,
        /** Disabled, or suspended by an administrator. */
        STOPPED,
        /** Deleted, or never there. */
        UNKNOWN
    }

    /** The state of a client. */
    Standing client(String clientId);

    /** The state of an account, of a person or a service. */
    Standing account(String userId);

    /** Those of the actors who may not act any more. */
    default Set<Actor> inactive(Collection<Actor> actors) {
        return actors.stream().filter(actor -> !isActive(actor)).collect(Collectors.toUnmodifiableSet());
    }

    /** True when every actor of a chain may go on acting. */
    default boolean areActive(ActorChain chain) {
        return inactive(chain.actors()).isEmpty();
    }

    private boolean isActive(Actor actor) {
        boolean oneName = actor.subject().equals(actor.clientId());
        return switch (client(actor.clientId())) {
            case STOPPED -> false;
            // Keycloak names people who act without a client by their user id alone.
            case UNKNOWN -> oneName && account(actor.subject()) == Standing.ACTIVE;
            case ACTIVE -> oneName || isAccountActive(actor);
        };
    }

    private boolean isAccountActive(Actor actor) {
        return switch (account(actor.subject())) {
            case ACTIVE -> true;
            case STOPPED -> false;
            // Administrators of another realm may take over sessions of this one.
            case UNKNOWN -> ADMIN_CONSOLE.equals(actor.clientId());
        };
    }
}

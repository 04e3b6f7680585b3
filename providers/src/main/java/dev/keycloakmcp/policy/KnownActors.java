package dev.keycloakmcp.policy;

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
        /** The account of somebody else, whose id is the actor's as well. */
        OF_ANOTHER,
        /** Deleted, or never there. */
        UNKNOWN
    }

    /** The state of a client. */
    Standing client(String clientId);

    /** The state of the account, of a person or a service, that has the actor's subject as its id. */
    Standing account(Actor actor);

    /** The state of the account of an administrator of all realms. */
    Standing administrator(String userId);

    /** Those of the actors who may not act any more. */
    default Set<Actor> inactive(Collection<Actor> actors) {
        return actors.stream().filter(actor -> !isActive(actor)).collect(Collectors.toUnmodifiableSet());
    }

    /** True when every actor of a chain may go on acting. */
    default boolean areActive(ActorChain chain) {
        return inactive(chain.actors()).isEmpty();
    }

    /** True when nobody can tell whether a client is meant or an account, of this realm or of an administrator's: both have that id. */
    default boolean isAmbiguous(Actor actor) {
        return actor.hasOneName()
                && (account(actor) == Standing.OF_ANOTHER
                        || client(actor.clientId()) != Standing.UNKNOWN
                                && administrator(actor.subject()) != Standing.UNKNOWN);
    }

    private boolean isActive(Actor actor) {
        return switch (client(actor.clientId())) {
            case ACTIVE -> isAccountActive(actor);
            // Keycloak names people who act without a client by their user id alone, administrators of all realms, too.
            case UNKNOWN -> actor.hasOneName() && isPersonActive(actor);
            case STOPPED, OF_ANOTHER -> false;
        };
    }

    private boolean isPersonActive(Actor actor) {
        Standing account = account(actor);
        return account == Standing.ACTIVE
                || account == Standing.UNKNOWN && administrator(actor.subject()) == Standing.ACTIVE;
    }

    private boolean isAccountActive(Actor actor) {
        return switch (account(actor)) {
            case ACTIVE -> true;
            case STOPPED, OF_ANOTHER -> false;
            // Administrators of all realms may take over sessions of this one.
            case UNKNOWN ->
                actor.hasOneName()
                        || ADMIN_CONSOLE.equals(actor.clientId()) && administrator(actor.subject()) == Standing.ACTIVE;
        };
    }
}

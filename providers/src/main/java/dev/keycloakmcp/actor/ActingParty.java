package dev.keycloakmcp.actor;

import dev.keycloakmcp.policy.Actor;
import java.util.Locale;
import java.util.Set;

/**
 * Who wants to act, proven.
 *
 * @param actor what the chain says about it
 * @param kind a client or a person
 * @param name client id, or user name of a person
 * @param byToken whether an actor token proves it, rather than the authentication of the requesting client
 * @param names what a policy may allow it by: the client id, and names of roles
 */
public record ActingParty(Actor actor, Kind kind, String name, boolean byToken, Set<String> names) {

    /** What kind of party acts. */
    public enum Kind {
        CLIENT,
        USER;

        /** What events say. */
        public String value() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public ActingParty {
        names = Set.copyOf(names);
    }

    /** Whether it is an actor of a chain. A person is not the client that the person acts through. */
    boolean isSameAs(Actor other) {
        return kind == Kind.USER ? actor.subject().equals(other.subject()) : actor.isSameAs(other);
    }
}

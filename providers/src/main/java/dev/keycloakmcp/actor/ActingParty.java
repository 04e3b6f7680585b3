package dev.keycloakmcp.actor;

import dev.keycloakmcp.policy.Actor;
import java.util.Locale;
import java.util.Set;

/**
 * A party that wants to act, proven.
 *
 * @param actor the party as the chain names it
 * @param kind a client or a person
 * @param name client id, or user name of a person
 * @param byToken true when an actor token proves it, rather than the authentication of the requesting client
 * @param names the names by which a policy may allow it: the client id, and names of roles
 */
public record ActingParty(Actor actor, Kind kind, String name, boolean byToken, Set<String> names) {

    /** The kind of a party. */
    public enum Kind {
        CLIENT,
        USER;

        /** The name in events. */
        public String value() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public ActingParty {
        names = Set.copyOf(names);
    }

    /** True when it is the given actor of a chain. A person is not the client that the person acts through. */
    boolean isSameAs(Actor other) {
        return kind == Kind.USER ? actor.subject().equals(other.subject()) : actor.isSameAs(other);
    }
}

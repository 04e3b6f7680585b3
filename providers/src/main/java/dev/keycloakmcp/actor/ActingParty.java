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
 * @param roles names of the roles that its account has
 */
public record ActingParty(Actor actor, Kind kind, String name, boolean byToken, Set<String> roles) {

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
        roles = Set.copyOf(roles);
    }

    /** True when it is the given actor of a chain. A person is not the client that the person acts through. */
    boolean isSameAs(Actor other) {
        return kind == Kind.USER ? actor.subject().equals(other.subject()) : actor.isSameAs(other);
    }
}

package dev.keycloakmcp.actor;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The parties that want to act by an exchange, all proven.
 *
 * @param outermost the party that acts now
 * @param behind the party whose token the outermost received and sends as the actor token
 */
public record ActingParties(ActingParty outermost, Optional<ActingParty> behind) {

    /** One party, which acts itself. */
    public static ActingParties of(ActingParty party) {
        return new ActingParties(party, Optional.empty());
    }

    /** Newest first. */
    public List<ActingParty> all() {
        return Stream.concat(Stream.of(outermost), behind.stream()).toList();
    }

    /** True when an actor token proves any of them. */
    boolean areProvenByToken() {
        return all().stream().anyMatch(ActingParty::byToken);
    }
}

package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.McpEventDetails;
import java.util.Map;
import java.util.Optional;
import org.keycloak.events.Event;

/** The actors that an event names in its details. */
final class ActorsOfEvent {

    private ActorsOfEvent() {}

    /**
     * Who wanted to act: the party that asked, before it the one whose token it received, and before these those of the subject
     * token.
     */
    static Optional<ActorChain> chain(Event event) {
        Optional<ActorChain> earlier = claim(event, McpEventDetails.SUBJECT_TOKEN_ACT);
        Optional<Actor> behind = claim(event, McpEventDetails.ACTOR_TOKEN_ACT).map(ActorChain::current);
        if (behind.isPresent()) {
            earlier = Optional.of(after(earlier, behind.get()));
        }
        Optional<Actor> party = detail(event, McpEventDetails.ACTOR_ID)
                .map(id -> new Actor(
                        id,
                        "client"
                                        .equals(detail(event, McpEventDetails.ACTOR_TYPE)
                                                .orElse(""))
                                ? detail(event, McpEventDetails.ACTOR).orElse(id)
                                : Optional.ofNullable(event.getClientId()).orElse(id)));
        if (party.isEmpty()) {
            return earlier;
        }
        return Optional.of(after(earlier, party.get()));
    }

    private static ActorChain after(Optional<ActorChain> earlier, Actor next) {
        return earlier.map(
                        chain -> chain.contains(next) ? chain : chain.then(next).orElse(chain))
                .orElseGet(() -> ActorChain.of(next));
    }

    private static Optional<ActorChain> claim(Event event, String name) {
        return detail(event, name).map(RowReader::readJson).flatMap(ActorChain::read);
    }

    static Optional<String> detail(Event event, String name) {
        Map<String, String> details = event.getDetails();
        return details == null ? Optional.empty() : Optional.ofNullable(details.get(name));
    }
}

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

    /** Who wanted to act: the party that asked, and before it those of the subject token. */
    static Optional<ActorChain> chain(Event event) {
        Optional<ActorChain> earlier = detail(event, McpEventDetails.SUBJECT_TOKEN_ACT)
                .map(RowWriter::readJson)
                .flatMap(ActorChain::read);
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
        return earlier.map(chain -> chain.contains(party.get())
                        ? chain
                        : chain.then(party.get()).orElse(chain))
                .or(() -> party.map(ActorChain::of));
    }

    static Optional<String> detail(Event event, String name) {
        Map<String, String> details = event.getDetails();
        return details == null ? Optional.empty() : Optional.ofNullable(details.get(name));
    }
}

package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.audit.AuditRow;
import dev.keycloakmcp.audit.Outcome;
import dev.keycloakmcp.audit.RowId;
import dev.keycloakmcp.audit.RowType;
import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.McpEventDetails;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.common.util.Time;
import org.keycloak.events.Details;
import org.keycloak.events.Event;
import org.keycloak.events.EventType;
import org.keycloak.representations.AccessToken;

/** From Keycloak's events and tokens to rows. */
final class EventRows {

    private EventRows() {}

    /** Whether a policy had a say in what the event is about. */
    static boolean isDecided(Event event) {
        return detail(event, McpEventDetails.DECISION).isPresent();
    }

    /** The row of a token; empty where neither a policy had a say nor anybody acts. */
    static Optional<AuditRow> ofToken(IssuedToken issued, Optional<Event> about) {
        AccessToken token = issued.token();
        Optional<ActorChain> chain = ActorChain.read(token.getOtherClaims().get(DelegationClaims.ACT));
        if (chain.isEmpty() && about.filter(EventRows::isDecided).isEmpty()) {
            return Optional.empty();
        }
        Instant now = now();
        Optional<String> grant = about.flatMap(event -> detail(event, Details.GRANT_TYPE));
        return Optional.of(new AuditRow(
                RowId.next(now, ThreadLocalRandom.current()),
                now.toEpochMilli(),
                RowType.TOKEN,
                about.flatMap(event -> detail(event, McpEventDetails.DECISION))
                        .flatMap(Outcome::of)
                        .filter(outcome -> outcome != Outcome.DENY)
                        .orElse(Outcome.ALLOW),
                about.flatMap(event -> detail(event, McpEventDetails.REASON)),
                grant,
                Optional.of(new AuditRow.Subject(
                        issued.user().getId(), Optional.ofNullable(issued.user().getUsername()))),
                chain,
                Optional.ofNullable(token.getIssuedFor()),
                about.flatMap(event -> detail(event, McpEventDetails.RESOURCE)),
                words(token.getScope()),
                Optional.ofNullable(token.getId()),
                issued.refreshedFrom().or(() -> grant.filter(OAuth2Constants.TOKEN_EXCHANGE_GRANT_TYPE::equals)
                        .flatMap(type -> issued.bearer())),
                Optional.ofNullable(token.getSessionId()),
                about.map(Event::getIpAddress),
                Optional.empty(),
                Optional.empty()));
    }

    /** The row of an event that stands for itself: a refusal, a registration. */
    static Optional<AuditRow> of(Event event) {
        return isDecided(event) ? typeOf(event).map(type -> row(event, type)) : Optional.empty();
    }

    private static AuditRow row(Event event, RowType type) {
        Instant now = now();
        Optional<Outcome> decided = detail(event, McpEventDetails.DECISION).flatMap(Outcome::of);
        boolean failed = event.getError() != null;
        // What policies let pass Keycloak may still refuse, for reasons of its own.
        Optional<String> reason = failed && decided.filter(Outcome.DENY::equals).isEmpty()
                ? Optional.of(event.getError())
                : detail(event, McpEventDetails.REASON);
        return new AuditRow(
                RowId.next(now, ThreadLocalRandom.current()),
                now.toEpochMilli(),
                type,
                failed ? Outcome.DENY : decided.orElse(Outcome.ALLOW),
                reason,
                detail(event, Details.GRANT_TYPE).or(() -> authorization(event.getType())),
                Optional.ofNullable(event.getUserId())
                        .map(id -> new AuditRow.Subject(id, detail(event, Details.USERNAME))),
                chain(event),
                Optional.ofNullable(event.getClientId()),
                detail(event, McpEventDetails.RESOURCE),
                words(detail(event, Details.SCOPE).orElse(null)),
                Optional.empty(),
                detail(event, McpEventDetails.SUBJECT_TOKEN_ID),
                // That of a machine ends with the request.
                Optional.ofNullable(event.getSessionId())
                        .filter(session -> event.getType() != EventType.CLIENT_LOGIN_ERROR),
                Optional.ofNullable(event.getIpAddress()),
                Optional.ofNullable(event.getError()),
                Optional.empty());
    }

    private static Optional<RowType> typeOf(Event event) {
        EventType type = event.getType();
        return switch (type) {
            case CLIENT_REGISTER, CLIENT_REGISTER_ERROR -> Optional.of(RowType.REGISTRATION);
            case CLIENT_UPDATE, CLIENT_UPDATE_ERROR -> Optional.of(RowType.REGISTRATION_UPDATE);
            case CLIENT_DELETE, CLIENT_DELETE_ERROR -> Optional.of(RowType.REGISTRATION_DELETION);
            case CLIENT_INFO_ERROR -> Optional.empty();
            default -> event.getError() == null ? Optional.empty() : Optional.of(RowType.REFUSAL);
        };
    }

    /** What an authorization request asks for is a code. */
    private static Optional<String> authorization(EventType type) {
        return switch (type) {
            case LOGIN_ERROR, PUSHED_AUTHORIZATION_REQUEST_ERROR -> Optional.of(OAuth2Constants.AUTHORIZATION_CODE);
            default -> Optional.empty();
        };
    }

    /** Who wanted to act: the party that asked, and before it those of the subject token. */
    private static Optional<ActorChain> chain(Event event) {
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

    private static List<String> words(@Nullable String text) {
        return text == null
                ? List.of()
                : Arrays.stream(text.split("\\s+"))
                        .filter(word -> !word.isEmpty())
                        .distinct()
                        .toList();
    }

    private static Optional<String> detail(Event event, String name) {
        Map<String, String> details = event.getDetails();
        return details == null ? Optional.empty() : Optional.ofNullable(details.get(name));
    }

    private static Instant now() {
        return Instant.now().plusSeconds(Time.getOffset());
    }
}

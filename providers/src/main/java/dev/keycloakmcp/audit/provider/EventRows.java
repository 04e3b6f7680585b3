package dev.keycloakmcp.audit.provider;

import static dev.keycloakmcp.audit.provider.ActorsOfEvent.detail;

import dev.keycloakmcp.audit.AuditRow;
import dev.keycloakmcp.audit.RowId;
import dev.keycloakmcp.audit.RowType;
import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.McpEventDetails;
import dev.keycloakmcp.support.ScopeParameter;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.keycloak.OAuth2Constants;
import org.keycloak.common.util.Time;
import org.keycloak.events.Details;
import org.keycloak.events.Event;
import org.keycloak.events.EventType;
import org.keycloak.representations.AccessToken;

/** From Keycloak's events and tokens to rows. */
final class EventRows {

    private EventRows() {}

    /** True when a policy had a say in what the event is about. */
    static boolean isDecided(Event event) {
        return detail(event, McpEventDetails.DECISION).isPresent();
    }

    /** The row of a token; empty where neither a policy had a say nor anybody acts. */
    static Optional<AuditRow> ofToken(IssuedToken issued, Optional<Event> about) {
        AccessToken token = issued.token();
        Optional<ActorChain> chain = issued.actors();
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
                        issued.user().getId(), Optional.ofNullable(issued.user().getUsername()), Optional.empty())),
                chain,
                Optional.ofNullable(token.getIssuedFor()),
                about.flatMap(event -> detail(event, McpEventDetails.RESOURCE)),
                ScopeParameter.list(token.getScope()),
                Optional.ofNullable(token.getId()),
                issued.refreshedFrom().or(() -> grant.filter(OAuth2Constants.TOKEN_EXCHANGE_GRANT_TYPE::equals)
                        .flatMap(type -> issued.bearer())),
                Optional.ofNullable(token.getSessionId()),
                about.map(Event::getIpAddress),
                Optional.empty(),
                about.flatMap(event -> detail(event, McpEventDetails.WOULD_LOSE)),
                Map.of()));
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
                        .map(id -> new AuditRow.Subject(id, detail(event, Details.USERNAME), Optional.empty())),
                ActorsOfEvent.chain(event),
                Optional.ofNullable(event.getClientId()),
                detail(event, McpEventDetails.RESOURCE),
                ScopeParameter.list(detail(event, Details.SCOPE).orElse(null)),
                Optional.empty(),
                detail(event, McpEventDetails.SUBJECT_TOKEN_ID),
                // That of a machine ends with the request.
                Optional.ofNullable(event.getSessionId())
                        .filter(session -> event.getType() != EventType.CLIENT_LOGIN_ERROR),
                Optional.ofNullable(event.getIpAddress()),
                Optional.ofNullable(event.getError()),
                Optional.empty(),
                Map.of());
    }

    private static Optional<RowType> typeOf(Event event) {
        EventType type = event.getType();
        return switch (type) {
            case CLIENT_REGISTER, CLIENT_REGISTER_ERROR -> Optional.of(RowType.REGISTRATION);
            case CLIENT_UPDATE, CLIENT_UPDATE_ERROR -> Optional.of(RowType.REGISTRATION_UPDATE);
            case CLIENT_DELETE, CLIENT_DELETE_ERROR -> Optional.of(RowType.REGISTRATION_DELETION);
            case CLIENT_INFO_ERROR -> Optional.empty();
            // Sent where they would be refused.
            case PUSHED_AUTHORIZATION_REQUEST, OAUTH2_DEVICE_AUTH -> Optional.of(RowType.REFUSAL);
            default -> event.getError() == null ? Optional.empty() : Optional.of(RowType.REFUSAL);
        };
    }

    /** An authorization request asks for a code. */
    private static Optional<String> authorization(EventType type) {
        return switch (type) {
            case LOGIN_ERROR, PUSHED_AUTHORIZATION_REQUEST, PUSHED_AUTHORIZATION_REQUEST_ERROR ->
                Optional.of(OAuth2Constants.AUTHORIZATION_CODE);
            default -> Optional.empty();
        };
    }

    private static Instant now() {
        return Instant.now().plusSeconds(Time.getOffset());
    }
}

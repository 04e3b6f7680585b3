package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.audit.AuditRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keycloak.events.Event;
import org.keycloak.events.EventType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oidc.token.TokenPostProcessorContext;

/**
 * The tokens and events of a request, until its transaction commits: only then tokens and events are what they are going to be. Rows are
 * written in that transaction, so that no token gets out without its row. A request that is refused late may have made tokens
 * that nobody gets: then it sent no event of a success, or is rolled back. Lives as long as the Keycloak session.
 */
final class AuditedRequest {

    private static final String ATTRIBUTE = AuditedRequest.class.getName();

    private final KeycloakSession session;
    private final List<IssuedToken> tokens = new ArrayList<>();
    private final List<Event> events = new ArrayList<>();
    private final Map<String, String> namesOfDeleted = new HashMap<>();
    private boolean enlisted;

    private AuditedRequest(KeycloakSession session) {
        this.session = session;
    }

    static AuditedRequest of(KeycloakSession session) {
        AuditedRequest request = session.getAttribute(ATTRIBUTE, AuditedRequest.class);
        if (request == null) {
            request = new AuditedRequest(session);
            session.setAttribute(ATTRIBUTE, request);
        }
        return request;
    }

    /** A token was made; somebody may still change it. */
    void issued(TokenPostProcessorContext issued) {
        tokens.add(IssuedToken.of(session, issued));
        enlist();
    }

    /** An event was sent: of what succeeds in the transaction of the request, of what fails in one of its own. */
    void happened(Event event) {
        events.add(event);
        if (event.getType() == EventType.CLIENT_DELETE) {
            // When the row is written, nobody knows the name any more.
            Optional.ofNullable(session.getContext().getRealm().getClientByClientId(event.getClientId()))
                    .flatMap(RowClients::name)
                    .ifPresent(name -> namesOfDeleted.put(event.getClientId(), name));
        }
        enlist();
    }

    private void enlist() {
        if (enlisted) {
            return;
        }
        enlisted = true;
        RealmModel realm = session.getContext().getRealm();
        if (realm == null) {
            return;
        }
        CommittedRows.write(session, realm, this::rows);
    }

    private List<AuditRow> rows() {
        List<AuditRow> rows = new ArrayList<>();
        Optional<Event> latest = events.stream().filter(EventRows::isDecided).reduce((earlier, later) -> later);
        // The event of a refusal is sent, and becomes a row, in a transaction and session of its own.
        boolean answered = events.stream().anyMatch(event -> event.getError() == null);
        for (IssuedToken token : answered ? tokens : List.<IssuedToken>of()) {
            Optional<Event> about = latest.or(() -> events.stream().reduce((earlier, later) -> later));
            EventRows.ofToken(token, about).ifPresent(rows::add);
        }
        events.forEach(event -> EventRows.of(event)
                .map(row -> event.getType() == EventType.CLIENT_DELETE ? row.with(row.subject(), namesOfDeleted) : row)
                .ifPresent(rows::add));
        return rows;
    }
}

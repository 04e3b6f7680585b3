package dev.keycloakmcp.admin.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.admin.WouldDeny;
import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.policy.McpEventDetails;
import jakarta.persistence.TypedQuery;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.util.JsonSerialization;

/** Reads saved events that tell of requests in report mode; Keycloak's own event query knows no details. */
final class ReportedEvents {

    private static final String OUTCOME = Outcome.WOULD_DENY.value();

    private static final String QUERY = """
            select e.clientId, e.type, e.time, coalesce(e.detailsJsonLongValue, e.detailsJson) from EventEntity e
            where e.realmId = :realm and e.time >= :from and e.time <= :to and e.clientId is not null
            and (e.detailsJsonLongValue like :decision or e.detailsJson like :decision)
            """;
    private static final String OF_CLIENT = " and e.clientId = :client";

    private final KeycloakSession session;

    ReportedEvents(KeycloakSession session) {
        this.session = session;
    }

    /** One entry for each client, type of event and reason; times in milliseconds since the epoch, inclusive. */
    List<WouldDeny> summary(RealmModel realm, long from, long to, Optional<String> client) {
        TypedQuery<Object[]> query = session.getProvider(JpaConnectionProvider.class)
                .getEntityManager()
                .createQuery(client.isPresent() ? QUERY + OF_CLIENT : QUERY, Object[].class)
                .setParameter("realm", realm.getId())
                .setParameter("from", from)
                .setParameter("to", to)
                .setParameter("decision", "%\"" + McpEventDetails.DECISION + "\":\"" + OUTCOME + "\"%");
        client.ifPresent(id -> query.setParameter("client", id));
        try (Stream<Object[]> rows = query.getResultStream()) {
            return WouldDeny.summary(rows.flatMap(row -> seen(row).stream()));
        }
    }

    private static Optional<WouldDeny.Seen> seen(Object[] row) {
        JsonNode details = details((String) row[3]);
        return OUTCOME.equals(details.path(McpEventDetails.DECISION).asText())
                ? Optional.of(new WouldDeny.Seen(
                        (String) row[0],
                        (String) row[1],
                        details.path(McpEventDetails.REASON).asText(),
                        (Long) row[2]))
                : Optional.empty();
    }

    private static JsonNode details(String json) {
        try {
            return JsonSerialization.mapper.readTree(json);
        } catch (JsonProcessingException e) {
            return JsonSerialization.mapper.createObjectNode();
        }
    }
}

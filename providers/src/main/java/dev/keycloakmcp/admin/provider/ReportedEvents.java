package dev.keycloakmcp.admin.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.admin.WouldDeny;
import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.policy.McpEventDetails;
import dev.keycloakmcp.policy.TokenLoss;
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

    /** Begins the outcomes that are asked for, and no other. */
    private static final String WOULD = "would-";

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

    /** One entry for each client, type of event, effect and reason; times in milliseconds since the epoch, inclusive. */
    List<WouldDeny> summary(RealmModel realm, long from, long to, Optional<String> client) {
        TypedQuery<Object[]> query = session.getProvider(JpaConnectionProvider.class)
                .getEntityManager()
                .createQuery(client.isPresent() ? QUERY + OF_CLIENT : QUERY, Object[].class)
                .setParameter("realm", realm.getId())
                .setParameter("from", from)
                .setParameter("to", to)
                .setParameter("decision", "%\"" + McpEventDetails.DECISION + "\":\"" + WOULD + "%");
        client.ifPresent(id -> query.setParameter("client", id));
        try (Stream<Object[]> rows = query.getResultStream()) {
            return WouldDeny.summary(rows.flatMap(row -> seen(row).stream()));
        }
    }

    private static Optional<WouldDeny.Seen> seen(Object[] row) {
        JsonNode details = details((String) row[3]);
        return Outcome.of(details.path(McpEventDetails.DECISION).asText())
                .flatMap(ReportedEvents::effect)
                .map(effect -> new WouldDeny.Seen(
                        (String) row[0],
                        (String) row[1],
                        effect,
                        details.path(McpEventDetails.REASON).asText(),
                        loss(details(details.path(McpEventDetails.WOULD_LOSE).asText())),
                        (Long) row[2]));
    }

    private static Optional<WouldDeny.Effect> effect(Outcome outcome) {
        return switch (outcome) {
            case WOULD_DENY -> Optional.of(WouldDeny.Effect.DENY);
            case WOULD_NARROW -> Optional.of(WouldDeny.Effect.NARROW);
            case ALLOW, DENY -> Optional.empty();
        };
    }

    private static TokenLoss loss(JsonNode members) {
        return new TokenLoss(
                texts(members, "aud"), texts(members, "scope"), texts(members, "roles"), texts(members, "claims"));
    }

    private static List<String> texts(JsonNode members, String name) {
        return members.path(name).valueStream().map(JsonNode::asText).toList();
    }

    private static JsonNode details(String json) {
        try {
            return JsonSerialization.mapper.readTree(json);
        } catch (JsonProcessingException e) {
            return JsonSerialization.mapper.createObjectNode();
        }
    }
}

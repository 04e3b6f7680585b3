package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.audit.AuditField;
import dev.keycloakmcp.audit.AuditFilter;
import jakarta.persistence.EntityManager;
import jakarta.persistence.TypedQuery;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.keycloak.models.RealmModel;

/**
 * A query for rows, put together from fixed pieces; values are parameters, never text. The table that holds the most
 * telling condition also gives the order, so that one index serves both.
 */
final class RowQuery {

    /** The most values that a list in a condition may hold in every database. */
    static final int MOST_IN_LIST = 500;

    /** A filter, and whether its subject is a username. */
    record Resolved(AuditFilter filter, boolean byName) {}

    private final List<String> sources = new ArrayList<>();
    private final List<String> conditions = new ArrayList<>();
    private final Map<String, Object> parameters = new LinkedHashMap<>();
    private String id = "";
    private boolean hasRow;

    private RowQuery() {}

    static RowQuery of(RealmModel realm, Resolved resolved) {
        AuditFilter filter = resolved.filter();
        RowQuery query = new RowQuery();
        query.parameters.put("realm", realm.getId());
        filter.value(AuditField.ACTOR).ifPresent(actor -> {
            query.from("AuditActorEntity", "a", "rowId");
            query.equal("a.clientId", "actor", actor);
        });
        filter.value(AuditField.SCOPE).ifPresent(scope -> {
            query.from("AuditScopeEntity", "s", "rowId");
            query.equal("s.scope", "scope", scope);
        });
        for (AuditField field : AuditField.values()) {
            filter.value(field)
                    .filter(value -> field != AuditField.ACTOR && field != AuditField.SCOPE)
                    .ifPresent(
                            value -> query.withRow().equal(column(field, resolved.byName()), field.parameter(), value));
        }
        if (query.sources.isEmpty()) {
            query.withRow();
        }
        filter.leastId().ifPresent(least -> query.compare(">=", "least", least));
        filter.endId().ifPresent(end -> query.compare("<", "end", end));
        return query;
    }

    /** The expression for the id of a row, which is in an index with the condition. */
    String id() {
        return id;
    }

    /** The row itself is {@code e}. */
    RowQuery withRow() {
        if (!hasRow) {
            hasRow = true;
            from("AuditRowEntity", "e", "id");
        }
        return this;
    }

    void before(String rowId) {
        compare("<", "before", rowId);
    }

    String groupBy(String field) {
        withRow();
        conditions.add("e." + field + " is not null");
        return "e." + field;
    }

    String groupByActor() {
        from("AuditActorEntity", "g", "rowId");
        return "g.clientId";
    }

    <T> TypedQuery<T> create(EntityManager entities, String select, String end, Class<T> type) {
        TypedQuery<T> query = entities.createQuery(
                "select " + select + " from " + String.join(", ", sources) + " where "
                        + String.join(" and ", conditions) + " " + end,
                type);
        parameters.forEach(query::setParameter);
        return query;
    }

    private void from(String entity, String alias, String idField) {
        sources.add(entity + " " + alias);
        String own = alias + "." + idField;
        if (id.isEmpty()) {
            id = own;
        } else {
            conditions.add(own + " = " + id);
        }
        conditions.add(alias + ".realmId = :realm");
    }

    private void equal(String expression, String parameter, String value) {
        conditions.add(expression + " = :" + parameter);
        parameters.put(parameter, value);
    }

    private void compare(String operator, String parameter, String rowId) {
        conditions.add(id + " " + operator + " :" + parameter);
        parameters.put(parameter, rowId);
    }

    private static String column(AuditField field, boolean byName) {
        return switch (field) {
            case SUBJECT -> byName ? "e.username" : "e.subjectId";
            case CLIENT -> "e.clientId";
            case RESOURCE -> "e.resource";
            case JTI -> "e.tokenId";
            case SESSION -> "e.sessionId";
            case OUTCOME -> "e.outcome";
            case TYPE -> "e.type";
            case REASON -> "e.reason";
            case GRANT -> "e.grant";
            case ACTOR, SCOPE -> throw new IllegalArgumentException(field + " is in a table of its own");
        };
    }
}

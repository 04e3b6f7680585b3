package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.audit.AuditField;
import dev.keycloakmcp.audit.AuditFilter;
import jakarta.persistence.EntityManager;
import jakarta.persistence.TypedQuery;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.keycloak.models.RealmModel;

/**
 * A query for rows, put together from fixed pieces; values are parameters, never text. The table that holds the most
 * telling condition also gives the order, so that one index serves both.
 */
final class RowQuery {

    /** The most values that a list in a condition may hold in every database. */
    static final int MOST_IN_LIST = 500;

    private final List<String> sources = new ArrayList<>();
    private final List<String> conditions = new ArrayList<>();
    private final Map<String, Object> parameters = new LinkedHashMap<>();
    private String id = "";
    private boolean hasRow;

    private RowQuery() {}

    /** All rows of a realm. */
    static RowQuery all(RealmModel realm) {
        RowQuery query = new RowQuery();
        query.parameters.put("realm", realm.getId());
        return query;
    }

    /** The rows in which the client that asked is the actor. */
    static RowQuery asked(RealmModel realm, String actor) {
        RowQuery query = all(realm).withRow();
        query.equal("e.clientId", "actor", actor);
        query.conditions.add("e.acts = true");
        return query;
    }

    /** The rows in which another client asked, and the actor is in the chain. */
    static RowQuery behind(RealmModel realm, String actor) {
        RowQuery query = all(realm);
        query.from("AuditActorEntity", "a", "rowId");
        query.equal("a.clientId", "actor", actor);
        return query;
    }

    /** Those of the rows that meet a filter, but for its actor. */
    RowQuery narrowed(ResolvedFilter resolved) {
        AuditFilter filter = resolved.filter();
        filter.value(AuditField.SCOPE).ifPresent(scope -> {
            from("AuditScopeEntity", "s", "rowId");
            equal("s.scope", "scope", scope);
        });
        for (AuditField field : AuditField.values()) {
            filter.value(field)
                    .filter(value -> field != AuditField.ACTOR && field != AuditField.SCOPE)
                    .ifPresent(value -> withRow().equal(resolved.column(field), field.parameter(), value));
        }
        if (sources.isEmpty()) {
            withRow();
        }
        filter.leastId().ifPresent(least -> compare(">=", "least", least));
        filter.endId().ifPresent(end -> compare("<", "end", end));
        return this;
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

    <T> TypedQuery<T> create(EntityManager entities, String select, String end, Class<T> type) {
        return set(entities.createQuery(text(select) + " " + end, type));
    }

    /**
     * The text of a query for the ids of the rows, {@code i}, and the values of fields, {@code k0}, {@code k1} and so on.
     *
     * @param fields rows that lack the first are left out
     */
    String keyed(List<String> fields) {
        withRow();
        conditions.add("e." + fields.get(0) + " is not null");
        String keys = IntStream.range(0, fields.size())
                .mapToObj(i -> "e." + fields.get(i) + " as k" + i)
                .collect(Collectors.joining(", "));
        return text(keys + ", " + id + " as i");
    }

    private String text(String select) {
        return "select " + select + " from " + String.join(", ", sources) + " where "
                + String.join(" and ", conditions);
    }

    /** Sets the parameters of the text. */
    <T> TypedQuery<T> set(TypedQuery<T> query) {
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
}

package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.audit.AuditField;
import jakarta.persistence.EntityManager;
import jakarta.persistence.TypedQuery;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.keycloak.models.RealmModel;

/**
 * The queries that together find the rows of a filter, each row by one of them. Who acted is in two places, each with an
 * index: the rows of an actor are those of two queries.
 */
record RowQueries(List<RowQuery> each) {

    static RowQueries of(RealmModel realm, ResolvedFilter resolved) {
        return new RowQueries(resolved
                .filter()
                .value(AuditField.ACTOR)
                .map(actor -> List.of(RowQuery.asked(realm, actor), RowQuery.behind(realm, actor)))
                .orElseGet(() -> List.of(RowQuery.all(realm)))
                .stream()
                .map(query -> query.narrowed(resolved))
                .toList());
    }

    /**
     * A query for counts.
     *
     * @param fields what rows are counted by; those that lack the first do not count
     * @param select of {@code u}, which is as {@link RowQuery#keyed} says
     */
    TypedQuery<Object[]> count(EntityManager entities, List<String> fields, String select, String end) {
        String rows = each.stream().map(query -> query.keyed(fields)).collect(Collectors.joining(" union all "));
        String keys = IntStream.range(0, fields.size()).mapToObj(i -> "u.k" + i).collect(Collectors.joining(", "));
        TypedQuery<Object[]> query = entities.createQuery(
                "select " + select + " from (" + rows + ") u group by " + keys + " " + end, Object[].class);
        each.forEach(one -> one.set(query));
        return query;
    }
}

package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.audit.AuditField;
import dev.keycloakmcp.audit.AuditFilter;
import dev.keycloakmcp.audit.AuditRow;
import jakarta.persistence.EntityManager;
import jakarta.persistence.TypedQuery;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** Asks the audit trail of a realm. */
public final class AuditTrail {

    static final String READ_ONLY = "org.hibernate.readOnly";

    private final EntityManager entities;
    private final RealmModel realm;

    public AuditTrail(KeycloakSession session, RealmModel realm) {
        this.entities = session.getProvider(JpaConnectionProvider.class).getEntityManager();
        this.realm = realm;
    }

    /**
     * A page of rows, newest first.
     *
     * @param before only rows older than the one of this id
     * @param first rows to leave out
     * @param max most rows to answer
     */
    public List<AuditRow> page(AuditFilter filter, Optional<String> before, int first, int max) {
        List<RowQuery> queries = queries(filter).each();
        if (queries.size() == 1) {
            return page(queries.get(0), before, first, max).toList();
        }
        // The newest of all are among the newest of each.
        return queries.stream()
                .flatMap(query -> page(query, before, 0, first + max))
                .sorted(Comparator.comparing(AuditRow::id).reversed())
                .skip(first)
                .limit(max)
                .toList();
    }

    private Stream<AuditRow> page(RowQuery query, Optional<String> before, int first, int max) {
        query.withRow();
        before.ifPresent(query::before);
        return query
                .create(entities, "e", "order by " + query.id() + " desc", AuditRowEntity.class)
                .setHint(READ_ONLY, true)
                .setFirstResult(first)
                .setMaxResults(max)
                .getResultList()
                .stream()
                .map(this::read);
    }

    /** Rows by their ids; those that are gone are left out. */
    Map<String, AuditRow> rows(List<String> ids) {
        if (ids.isEmpty()) {
            return Map.of();
        }
        Map<String, AuditRow> rows = new HashMap<>();
        TypedQuery<AuditRowEntity> query =
                entities.createQuery("select e from AuditRowEntity e where e.id in (:ids)", AuditRowEntity.class);
        for (int from = 0; from < ids.size(); from += RowQuery.MOST_IN_LIST) {
            query.setParameter("ids", ids.subList(from, Math.min(ids.size(), from + RowQuery.MOST_IN_LIST)))
                    .setHint(READ_ONLY, true)
                    .getResultStream()
                    .map(this::read)
                    .collect(Collectors.toMap(AuditRow::id, row -> row))
                    .forEach(rows::put);
        }
        return rows;
    }

    /** Rows in which a field has one of several values, oldest first. */
    List<AuditRow> byToken(String field, List<String> tokenIds, int max) {
        return entities
                .createQuery(
                        "select e from AuditRowEntity e where e." + field
                                + " in (:ids) and e.realmId = :realm order by e.id",
                        AuditRowEntity.class)
                .setParameter("ids", tokenIds)
                .setParameter("realm", realm.getId())
                .setHint(READ_ONLY, true)
                .setMaxResults(max)
                .getResultList()
                .stream()
                .map(this::read)
                .toList();
    }

    RowQueries queries(AuditFilter filter) {
        return RowQueries.of(realm, resolve(filter));
    }

    EntityManager entities() {
        return entities;
    }

    /** A subject is a user id where any row has it, else a username. */
    private ResolvedFilter resolve(AuditFilter filter) {
        boolean byName = filter.value(AuditField.SUBJECT)
                .filter(subject -> entities.createQuery(
                                "select e.id from AuditRowEntity e where e.realmId = :realm and e.subjectId = :subject",
                                String.class)
                        .setParameter("realm", realm.getId())
                        .setParameter("subject", subject)
                        .setMaxResults(1)
                        .getResultList()
                        .isEmpty())
                .isPresent();
        return new ResolvedFilter(filter, byName);
    }

    /** Rows do not stay in memory, however many are read. */
    private AuditRow read(AuditRowEntity entity) {
        AuditRow row = RowReader.read(entity);
        entities.detach(entity);
        return row;
    }
}

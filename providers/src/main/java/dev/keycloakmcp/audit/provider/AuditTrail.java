package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.audit.AuditField;
import dev.keycloakmcp.audit.AuditFilter;
import dev.keycloakmcp.audit.AuditRow;
import dev.keycloakmcp.audit.Grouping;
import dev.keycloakmcp.audit.RowId;
import jakarta.persistence.EntityManager;
import jakarta.persistence.TypedQuery;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** Asks the audit trail of a realm. */
public final class AuditTrail {

    private static final String READ_ONLY = "org.hibernate.readOnly";

    private final EntityManager entities;
    private final RealmModel realm;

    public AuditTrail(KeycloakSession session, RealmModel realm) {
        this.entities = session.getProvider(JpaConnectionProvider.class).getEntityManager();
        this.realm = realm;
    }

    /**
     * How often a value occurs.
     *
     * @param first time of the oldest row with it, milliseconds since the epoch
     * @param last time of the newest
     * @param newest the newest row with it
     */
    public record Count(String key, long count, long first, long last, AuditRow newest) {}

    /**
     * How often a subject was acted for in one way.
     *
     * @param newest the newest row of them
     */
    public record Flow(long count, AuditRow newest) {}

    /**
     * A page of rows, newest first.
     *
     * @param before only rows older than the one of this id
     * @param first rows to leave out
     * @param max most rows to answer
     */
    public List<AuditRow> page(AuditFilter filter, Optional<String> before, int first, int max) {
        RowQuery query = RowQuery.of(realm, resolve(filter)).withRow();
        before.ifPresent(query::before);
        return query
                .create(entities, "e", "order by " + query.id() + " desc", AuditRowEntity.class)
                .setHint(READ_ONLY, true)
                .setFirstResult(first)
                .setMaxResults(max)
                .getResultList()
                .stream()
                .map(this::read)
                .toList();
    }

    /**
     * What a token came from and what came of it.
     *
     * @param rows oldest first
     * @param hasEarlier whether there is more before the oldest
     * @param hasLater whether there is more after the newest
     */
    public record Chain(List<AuditRow> rows, boolean hasEarlier, boolean hasLater) {}

    /**
     * The tokens that a token came from, itself, and all that was made, or was to be made, of it.
     *
     * @param max most rows before it, and most rows after it
     * @return no rows where the token has none
     */
    public Chain chain(String tokenId, int max) {
        Map<String, AuditRow> found = new TreeMap<>();
        List<AuditRow> own = byToken("tokenId", List.of(tokenId), 1);
        own.forEach(row -> found.put(row.id(), row));
        int before = 0;
        Optional<String> parent = own.stream().findFirst().flatMap(AuditRow::parentTokenId);
        while (parent.isPresent() && before < max) {
            Optional<AuditRow> row =
                    byToken("tokenId", List.of(parent.get()), 1).stream().findFirst();
            parent = row.filter(earlier -> found.put(earlier.id(), earlier) == null)
                    .flatMap(AuditRow::parentTokenId);
            before++;
        }
        int after = 0;
        List<String> parents = own.isEmpty() ? List.of() : List.of(tokenId);
        while (!parents.isEmpty() && after < max) {
            List<AuditRow> children = byToken("parentTokenId", parents, max - after).stream()
                    .filter(row -> found.put(row.id(), row) == null)
                    .toList();
            after += children.size();
            parents = children.stream()
                    .flatMap(row -> row.tokenId().stream())
                    .limit(RowQuery.MOST_IN_LIST)
                    .toList();
        }
        return new Chain(List.copyOf(found.values()), parent.isPresent(), after >= max);
    }

    private List<AuditRow> byToken(String field, List<String> tokenIds, int max) {
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

    /** Counts rows by a value, the most frequent first. */
    public List<Count> summary(Grouping by, AuditFilter filter, int max) {
        RowQuery query = RowQuery.of(realm, resolve(filter));
        String key =
                switch (by) {
                    case ACTOR -> query.groupByActor();
                    case SUBJECT -> query.groupBy("subjectId");
                    case RESOURCE -> query.groupBy("resource");
                    case FLOW -> throw new IllegalArgumentException("flows have several keys");
                };
        List<Object[]> counted = query.create(
                        entities,
                        "%1$s, count(%2$s), min(%2$s), max(%2$s)".formatted(key, query.id()),
                        "group by %1$s order by count(%2$s) desc, %1$s".formatted(key, query.id()),
                        Object[].class)
                .setMaxResults(max)
                .getResultList();
        Map<String, AuditRow> newest =
                rows(counted.stream().map(row -> (String) row[3]).toList());
        return counted.stream()
                .flatMap(row -> Stream.ofNullable(newest.get((String) row[3]))
                        .map(latest -> new Count(
                                (String) row[0],
                                (Long) row[1],
                                RowId.time((String) row[2]).orElse(0L),
                                latest.time(),
                                latest)))
                .toList();
    }

    /** Counts rows by subject, actors, client and resource, the most frequent first; rows without a subject do not count. */
    public List<Flow> flows(AuditFilter filter, int max) {
        RowQuery query = RowQuery.of(realm, resolve(filter));
        String key = query.groupBy("flow");
        List<Object[]> counted = query.create(
                        entities,
                        "count(%1$s), max(%1$s)".formatted(query.id()),
                        "group by %1$s order by count(%2$s) desc, max(%2$s) desc".formatted(key, query.id()),
                        Object[].class)
                .setMaxResults(max)
                .getResultList();
        Map<String, AuditRow> newest =
                rows(counted.stream().map(row -> (String) row[1]).toList());
        return counted.stream()
                .flatMap(row ->
                        Stream.ofNullable(newest.get((String) row[1])).map(latest -> new Flow((Long) row[0], latest)))
                .toList();
    }

    private Map<String, AuditRow> rows(List<String> ids) {
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

    /** A subject is a user id where any row has it, else a username. */
    private RowQuery.Resolved resolve(AuditFilter filter) {
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
        return new RowQuery.Resolved(filter, byName);
    }

    /** Rows do not stay in memory, however many are read. */
    private AuditRow read(AuditRowEntity entity) {
        AuditRow row = RowWriter.read(entity);
        entities.detach(entity);
        return row;
    }
}

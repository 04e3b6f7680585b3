package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.audit.AuditFilter;
import dev.keycloakmcp.audit.AuditRow;
import dev.keycloakmcp.audit.Grouping;
import dev.keycloakmcp.audit.RowId;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Counts the rows of an audit trail. */
public final class AuditCounts {

    private final AuditTrail trail;

    public AuditCounts(AuditTrail trail) {
        this.trail = trail;
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

    /** Counts rows by a value, the most frequent first. */
    public List<Count> summary(Grouping by, AuditFilter filter, int max) {
        RowQuery query = trail.query(filter);
        String key =
                switch (by) {
                    case ACTOR -> query.groupByActor();
                    case SUBJECT -> query.groupBy("subjectId");
                    case RESOURCE -> query.groupBy("resource");
                    case FLOW -> throw new IllegalArgumentException("flows have several keys");
                };
        List<Object[]> counted = query.create(
                        trail.entities(),
                        "%1$s, count(%2$s), min(%2$s), max(%2$s)".formatted(key, query.id()),
                        "group by %1$s order by count(%2$s) desc, %1$s".formatted(key, query.id()),
                        Object[].class)
                .setMaxResults(max)
                .getResultList();
        Map<String, AuditRow> newest =
                trail.rows(counted.stream().map(row -> (String) row[3]).toList());
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
        RowQuery query = trail.query(filter);
        String key = query.groupBy("flow");
        List<Object[]> counted = query.create(
                        trail.entities(),
                        "count(%1$s), max(%1$s)".formatted(query.id()),
                        "group by %1$s order by count(%2$s) desc, max(%2$s) desc".formatted(key, query.id()),
                        Object[].class)
                .setMaxResults(max)
                .getResultList();
        Map<String, AuditRow> newest =
                trail.rows(counted.stream().map(row -> (String) row[1]).toList());
        return counted.stream()
                .flatMap(row ->
                        Stream.ofNullable(newest.get((String) row[1])).map(latest -> new Flow((Long) row[0], latest)))
                .toList();
    }
}

package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.audit.AuditFilter;
import dev.keycloakmcp.audit.AuditRow;
import dev.keycloakmcp.audit.Grouping;
import dev.keycloakmcp.audit.RowId;
import jakarta.persistence.TypedQuery;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
     * @param newest the newest row with it
     */
    public record Count(String key, long count, long first, AuditRow newest) {}

    /**
     * How often a subject was acted for in one way.
     *
     * @param newest the newest row of them
     */
    public record Flow(long count, AuditRow newest) {}

    /** Counts rows by a value, the most frequent first. */
    public List<Count> summary(Grouping by, AuditFilter filter, int max) {
        return switch (by) {
            case ACTOR -> actors(filter, max);
            case SUBJECT -> values("subjectId", filter, max);
            case RESOURCE -> values("resource", filter, max);
            case FLOW -> throw new IllegalArgumentException("flows have several keys");
        };
    }

    private List<Count> values(String field, AuditFilter filter, int max) {
        return counts(counted(
                        filter,
                        List.of(field),
                        "u.k0, count(u.i), min(u.i), max(u.i)",
                        "order by count(u.i) desc, u.k0")
                .setMaxResults(max)
                .getResultStream()
                .map(row -> new Tally((String) row[0], (Long) row[1], (String) row[2], (String) row[3]))
                .toList());
    }

    /** Rows of the same chain and client are counted by the database, the actors of these here: they are much fewer. */
    private List<Count> actors(AuditFilter filter, int max) {
        Map<String, Tally> tallies = new HashMap<>();
        counted(filter, List.of("clientId", "acts", "actors"), "u.k0, u.k1, u.k2, count(u.i), min(u.i), max(u.i)", "")
                .getResultStream()
                .forEach(row -> {
                    Set<String> actors = new HashSet<>(RowWriter.actors((String) row[2]));
                    if ((Boolean) row[1]) {
                        actors.add((String) row[0]);
                    }
                    actors.forEach(actor -> tallies.merge(
                            actor, new Tally(actor, (Long) row[3], (String) row[4], (String) row[5]), Tally::and));
                });
        return counts(tallies.values().stream()
                .sorted(Comparator.comparing(Tally::count).reversed().thenComparing(Tally::key))
                .limit(max)
                .toList());
    }

    private List<Count> counts(List<Tally> tallies) {
        Map<String, AuditRow> newest =
                trail.rows(tallies.stream().map(Tally::newest).toList());
        return tallies.stream()
                .flatMap(tally -> Stream.ofNullable(newest.get(tally.newest()))
                        .map(row -> new Count(
                                tally.key(),
                                tally.count(),
                                RowId.time(tally.oldest()).orElse(0L),
                                row)))
                .toList();
    }

    /** Counts rows by subject, actors, client and resource, the most frequent first; rows without a subject do not count. */
    public List<Flow> flows(AuditFilter filter, int max) {
        List<Object[]> counted = counted(
                        filter, List.of("flow"), "count(u.i), max(u.i)", "order by count(u.i) desc, max(u.i) desc")
                .setMaxResults(max)
                .getResultList();
        Map<String, AuditRow> newest =
                trail.rows(counted.stream().map(row -> (String) row[1]).toList());
        return counted.stream()
                .flatMap(row ->
                        Stream.ofNullable(newest.get((String) row[1])).map(latest -> new Flow((Long) row[0], latest)))
                .toList();
    }

    private TypedQuery<Object[]> counted(AuditFilter filter, List<String> fields, String select, String end) {
        return trail.queries(filter).count(trail.entities(), fields, select, end);
    }

    /** How often a value occurs, and the ids of the oldest and the newest row with it. */
    private record Tally(String key, long count, String oldest, String newest) {

        Tally and(Tally other) {
            return new Tally(
                    key,
                    count + other.count,
                    oldest.compareTo(other.oldest) < 0 ? oldest : other.oldest,
                    newest.compareTo(other.newest) < 0 ? other.newest : newest);
        }
    }
}

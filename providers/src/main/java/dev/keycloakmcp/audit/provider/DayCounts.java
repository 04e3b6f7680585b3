package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.audit.CountedDays;
import dev.keycloakmcp.audit.RowId;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Optional;

/**
 * The counts of whole days of a realm, kept so that they are always what counting the rows would give: whoever removes
 * rows of these days, or adds some, first takes the days out, in the same transaction. The change of the realm's days
 * locks them, so one waits for the other.
 */
final class DayCounts {

    /** A day of fewer counts is read quickly whatever its rows. */
    private static final int FEW = 2000;
    /** So many times fewer counts than rows there have to be, or reading them is no quicker than reading the rows. */
    private static final int GAIN = 4;

    private static final String FIELDS = "realmId, type, subjectId, actors, flow, clientId, acts, resource";

    private static final String COUNT = "insert into AuditCountEntity (oldest, newest, number, " + FIELDS
            + ") select min(e.id), max(e.id), count(e.id), " + FIELDS.replaceAll("(\\w+)", "e.$1")
            + " from AuditRowEntity e where e.realmId = :realm and e.id >= :start and e.id < :end group by "
            + FIELDS.replaceAll("(\\w+)", "e.$1");

    private static final String COUNTED =
            "select sum(c.number) from AuditCountEntity c where c.realmId = :realm and c.oldest >= :start";
    private static final String DAYS =
            "select d.firstId, d.endId, d.changes from CountedDaysEntity d where d.realmId = :realm";
    private static final String OLDEST = "select min(e.id) from AuditRowEntity e where e.realmId = :realm";
    private static final String GO_ON =
            "update CountedDaysEntity d set d.endId = :end, d.changes = d.changes + 1 where d.realmId = :realm and d.endId = :start";
    private static final String BEGIN_LATER = """
            update CountedDaysEntity d set d.firstId = :id, d.changes = d.changes + 1,
            d.endId = case when d.endId < :id then :id else d.endId end
            where d.realmId = :realm and d.firstId < :id
            """;
    /** Whatever the days are, it locks them. */
    private static final String END_EARLIER = """
            update CountedDaysEntity d set d.changes = d.changes + 1,
            d.endId = case when d.endId > :id and d.firstId <= :id then :id else d.endId end
            where d.realmId = :realm
            """;

    private static final String REMOVE_BEFORE = "delete from AuditCountEntity c where c.realmId = :realm and c.oldest <"
            + " (select d.firstId from CountedDaysEntity d where d.realmId = :realm)";
    private static final String REMOVE_FROM = "delete from AuditCountEntity c where c.realmId = :realm and c.oldest >="
            + " (select d.endId from CountedDaysEntity d where d.realmId = :realm)";

    private final EntityManager entities;
    private final String realmId;

    DayCounts(EntityManager entities, String realmId) {
        this.entities = entities;
        this.realmId = realmId;
    }

    /** The days as they are at the moment. */
    record Known(CountedDays days, long changes) {}

    Optional<Known> known() {
        List<Object[]> known = entities.createQuery(DAYS, Object[].class)
                .setParameter("realm", realmId)
                .getResultList();
        return known.stream()
                .findFirst()
                .map(row -> new Known(new CountedDays((String) row[0], (String) row[1]), (Long) row[2]));
    }

    /** Begins with the day of the oldest row; counts nothing yet, since nobody who adds late rows knows of it. */
    void begin() {
        String oldest = entities.createQuery(OLDEST, String.class)
                .setParameter("realm", realmId)
                .getSingleResult();
        Optional.ofNullable(oldest)
                .flatMap(RowId::time)
                .map(CountedDays::startOf)
                .ifPresent(start -> {
                    CountedDaysEntity days = new CountedDaysEntity();
                    days.realmId = realmId;
                    days.firstId = start;
                    days.endId = start;
                    entities.persist(days);
                });
    }

    /** Counts the rows of the next day; does nothing where somebody else did. Where it is no use, days begin anew after it. */
    void countDay(CountedDays before) {
        String end = CountedDays.dayAfter(before.end());
        int changed = entities.createQuery(GO_ON)
                .setParameter("realm", realmId)
                .setParameter("start", before.end())
                .setParameter("end", end)
                .executeUpdate();
        if (changed == 1) {
            int counts = entities.createQuery(COUNT)
                    .setParameter("realm", realmId)
                    .setParameter("start", before.end())
                    .setParameter("end", end)
                    .executeUpdate();
            if (counts > FEW && counts * (long) GAIN > rows(before.end())) {
                takeOutUntil(before.end());
            }
        }
    }

    private long rows(String start) {
        return entities.createQuery(COUNTED, Long.class)
                .setParameter("realm", realmId)
                .setParameter("start", start)
                .getSingleResult();
    }

    /** Takes out the days up to that of an id, of which rows are about to be removed. */
    void takeOutUntil(String id) {
        if (change(BEGIN_LATER, CountedDays.dayAfter(id)) > 0) {
            remove(REMOVE_BEFORE);
        }
    }

    /** Takes out the days from that of an id on, which is about to be added. */
    void takeOutFrom(String id) {
        if (change(END_EARLIER, CountedDays.startOf(RowId.time(id).orElse(0L))) > 0) {
            remove(REMOVE_FROM);
        }
    }

    private void remove(String statement) {
        entities.createQuery(statement).setParameter("realm", realmId).executeUpdate();
    }

    private int change(String statement, String id) {
        return entities.createQuery(statement)
                .setParameter("realm", realmId)
                .setParameter("id", id)
                .executeUpdate();
    }
}

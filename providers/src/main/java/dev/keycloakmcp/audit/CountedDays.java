package dev.keycloakmcp.audit;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The days, in UTC, whose rows are counted in advance: all that have an id from the first on and before the end.
 *
 * @param first least id of the first day
 * @param end least id of the day after the last
 */
public record CountedDays(String first, String end) {

    /** The fields that rows of a day are told apart by. */
    private static final Set<AuditField> COUNTED =
            Set.of(AuditField.SUBJECT, AuditField.CLIENT, AuditField.RESOURCE, AuditField.TYPE);

    /** A row that is written later than that after its time is late; no clocks of nodes differ as much. */
    private static final long LATE = TimeUnit.HOURS.toMillis(1);

    private static final long DAY = TimeUnit.DAYS.toMillis(1);

    /** The least id of the day of a time. */
    public static String startOf(long epochMillis) {
        return RowId.least(Math.floorDiv(epochMillis, DAY) * DAY);
    }

    /** The least id of the day after that of an id. */
    public static String dayAfter(String id) {
        return startOf(time(id) + DAY);
    }

    /** True when a row of that id comes so late that its day may have been counted already. */
    public static boolean isLate(String id, long now) {
        return time(id) < now - LATE;
    }

    /** True when the day after these is over, and whatever comes of it is late for any node. */
    public boolean isNextOver(long now) {
        return time(end) + DAY + 2 * LATE <= now;
    }

    /** The days of these that a filter takes whole; empty where there are none, or where it asks for what was not counted by. */
    public Optional<CountedDays> within(AuditFilter filter) {
        if (!COUNTED.containsAll(filter.values().keySet())) {
            return Optional.empty();
        }
        String from = filter.leastId()
                .map(CountedDays::begun)
                .filter(id -> id.compareTo(first) > 0)
                .orElse(first);
        String to = filter.endId()
                .map(id -> startOf(time(id)))
                .filter(id -> id.compareTo(end) < 0)
                .orElse(end);
        return from.compareTo(to) < 0 ? Optional.of(new CountedDays(from, to)) : Optional.empty();
    }

    /** The least id of the first day that begins at an id or after it. */
    private static String begun(String id) {
        String start = startOf(time(id));
        return start.equals(id) ? id : dayAfter(id);
    }

    private static long time(String id) {
        return RowId.time(id).orElseThrow(() -> new IllegalArgumentException("no id of a row"));
    }
}

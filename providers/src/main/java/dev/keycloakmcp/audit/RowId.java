package dev.keycloakmcp.audit;

import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * Ids of rows: UUIDs of version 7 (RFC 9562 section 5.7), whose text sorts by time. So the id alone tells newer from
 * older, and an index that ends with it serves filter, order and paging at once.
 */
public final class RowId {

    private static final Pattern FORM =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    private static final long MOST_MILLIS = (1L << 48) - 1;
    private static final long VERSION = 7L << 12;
    private static final long VARIANT = 2L << 62;
    private static final int NANOS_IN_MILLI = 1_000_000;
    private static final int FRACTIONS = 1 << 12;

    private RowId() {}

    /** A new id; within a millisecond ids of one clock sort by its fraction, as far as it goes. */
    public static String next(Instant now, RandomGenerator random) {
        long fraction = (long) (now.getNano() % NANOS_IN_MILLI) * FRACTIONS / NANOS_IN_MILLI;
        return text(now.toEpochMilli(), fraction, random.nextLong() >>> 2);
    }

    /** The least of all ids of that millisecond; times outside of what ids can say count as the nearest they can. */
    public static String least(long epochMillis) {
        return text(Math.max(0, Math.min(epochMillis, MOST_MILLIS)), 0, 0);
    }

    /** True when a text is an id. */
    public static boolean isValid(String text) {
        return FORM.matcher(text).matches();
    }

    /** When the row was written, milliseconds since the epoch; empty where the text is no id. */
    public static Optional<Long> time(String id) {
        return isValid(id)
                ? Optional.of(Long.parseLong(id.substring(0, 8) + id.substring(9, 13), 16))
                : Optional.empty();
    }

    private static String text(long millis, long fraction, long random) {
        String high = hex(millis << 16 | VERSION | fraction);
        String low = hex(VARIANT | random);
        return String.join(
                "-",
                high.substring(0, 8),
                high.substring(8, 12),
                high.substring(12),
                low.substring(0, 4),
                low.substring(4));
    }

    private static String hex(long bits) {
        return String.format("%016x", bits);
    }
}

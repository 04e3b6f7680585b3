package dev.keycloakmcp.admin;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Pattern;

/** A time in a query: milliseconds since the epoch, ISO 8601 with an offset, or a day in UTC. */
public final class PointInTime {

    private static final Pattern MILLISECONDS = Pattern.compile("\\d{1,15}");
    private static final Pattern DAY = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");

    private PointInTime() {}

    /**
     * The time in milliseconds since the epoch.
     *
     * @param endOfDay true when a day stands for its last millisecond instead of its first
     * @return empty where the text is none of the forms
     */
    public static Optional<Long> parse(String text, boolean endOfDay) {
        try {
            if (MILLISECONDS.matcher(text).matches()) {
                return Optional.of(Long.parseLong(text));
            }
            if (DAY.matcher(text).matches()) {
                LocalDate day = LocalDate.parse(text);
                Instant start = (endOfDay ? day.plusDays(1) : day)
                        .atStartOfDay(ZoneOffset.UTC)
                        .toInstant();
                return Optional.of(start.toEpochMilli() - (endOfDay ? 1 : 0));
            }
            return Optional.of(OffsetDateTime.parse(text).toInstant().toEpochMilli());
        } catch (DateTimeParseException | ArithmeticException e) {
            return Optional.empty();
        }
    }
}

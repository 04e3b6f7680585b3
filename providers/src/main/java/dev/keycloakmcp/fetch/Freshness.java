package dev.keycloakmcp.fetch;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * How long an answer need not be fetched again: what its headers say to caches that many share (RFC 9111), within limits.
 *
 * @param leastSeconds the shortest, whatever the headers say, so that no host has this server come all the time
 * @param mostSeconds the longest, so that a change is seen
 */
public record Freshness(long leastSeconds, long mostSeconds) {

    /** The shortest. */
    public static final long FIVE_MINUTES = 300;

    /** Where the headers say nothing. */
    private static final long USUAL = 3600;

    private static final Pattern DIGITS = Pattern.compile("[0-9]+");
    private static final int LONGEST_NUMBER = 18;
    private static final String SHARED = "s-maxage=";
    private static final String ANY = "max-age=";

    /**
     * The headers of an answer that count, each as often as it came.
     *
     * @param date when the answer was made, by the clock of the host
     */
    public record Headers(List<String> cacheControl, List<String> expires, List<String> date, List<String> age) {

        /** None of them. */
        public static Headers none() {
            return new Headers(List.of(), List.of(), List.of(), List.of());
        }
    }

    /** The seconds for which an answer is fresh. */
    public long seconds(Headers headers) {
        long lifetime = lifetime(headers);
        long left = lifetime
                - headers.age().stream().mapToLong(Freshness::number).max().orElse(0);
        return Math.min(Math.max(left, leastSeconds), Math.max(leastSeconds, mostSeconds));
    }

    private static long lifetime(Headers headers) {
        List<String> directives = directives(headers.cacheControl());
        boolean kept = directives.stream()
                .noneMatch(directive -> directive.startsWith("no-store")
                        || directive.startsWith("no-cache")
                        || directive.startsWith("private"));
        if (!kept) {
            return 0;
        }
        return value(directives, SHARED)
                .or(() -> value(directives, ANY))
                .or(() -> untilExpired(headers))
                .orElse(USUAL);
    }

    /** The smallest where there are several; one that is no number counts as zero. */
    private static Optional<Long> value(List<String> directives, String name) {
        OptionalLong smallest = directives.stream()
                .filter(directive -> directive.startsWith(name))
                .mapToLong(
                        directive -> number(directive.substring(name.length()).replace("\"", "")))
                .min();
        return smallest.isPresent() ? Optional.of(smallest.getAsLong()) : Optional.empty();
    }

    /** A date that cannot be read is in the past (RFC 9111 5.3). */
    private static Optional<Long> untilExpired(Headers headers) {
        if (headers.expires().isEmpty()) {
            return Optional.empty();
        }
        Optional<Instant> expires = instant(headers.expires());
        Optional<Instant> date = instant(headers.date());
        return Optional.of(
                expires.isEmpty() || date.isEmpty()
                        ? 0
                        : expires.get().getEpochSecond() - date.get().getEpochSecond());
    }

    private static Optional<Instant> instant(List<String> values) {
        if (values.size() != 1) {
            return Optional.empty();
        }
        try {
            return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(values.get(0))));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static List<String> directives(List<String> values) {
        List<String> directives = new ArrayList<>();
        for (String value : values) {
            for (String directive : value.split(",", -1)) {
                directives.add(directive.toLowerCase(Locale.ROOT).replaceAll("\\s", ""));
            }
        }
        return directives;
    }

    /** A time in seconds; one with too many digits is very long, and anything else none. */
    private static long number(String text) {
        if (!DIGITS.matcher(text).matches()) {
            return 0;
        }
        return text.length() > LONGEST_NUMBER ? Integer.MAX_VALUE : Math.min(Long.parseLong(text), Integer.MAX_VALUE);
    }
}

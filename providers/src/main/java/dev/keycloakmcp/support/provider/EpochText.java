package dev.keycloakmcp.support.provider;

/**
 * Epoch seconds as attributes of clients hold them. From 2001 to 2286 they have ten digits, so that a database can compare
 * them as text.
 */
public final class EpochText {

    private static final long LEAST = 0;
    private static final long GREATEST = 9_999_999_999L;

    private EpochText() {}

    public static String of(long seconds) {
        return "%010d".formatted(Math.min(Math.max(seconds, LEAST), GREATEST));
    }
}

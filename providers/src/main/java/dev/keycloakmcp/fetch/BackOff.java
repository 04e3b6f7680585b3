package dev.keycloakmcp.fetch;

/**
 * The time for which a host is left in peace after a failure: twice as long each time, up to a limit. Nothing of the failure
 * is kept but that it was one, so that the next request after it tells what is so then.
 *
 * @param firstSeconds after the first failure
 * @param mostSeconds after many
 */
public record BackOff(long firstSeconds, long mostSeconds) {

    /** Short enough for a person who tries again. */
    public static final BackOff SHORT = new BackOff(5, 60);

    private static final int MOST_DOUBLINGS = 30;

    /**
     * The seconds to wait.
     *
     * @param earlier the failures in a row before the last one
     */
    public long seconds(int earlier) {
        long doubled = firstSeconds << Math.min(Math.max(earlier, 0), MOST_DOUBLINGS);
        return Math.min(doubled, mostSeconds);
    }
}

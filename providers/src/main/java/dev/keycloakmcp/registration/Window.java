package dev.keycloakmcp.registration;

/**
 * A stretch of time in which a number of registrations is allowed.
 *
 * @param number which window it is since the epoch
 * @param secondsLeft seconds until the next one, at least 1
 */
public record Window(long number, int secondsLeft) {

    /**
     * The window of a moment.
     *
     * @param now seconds since the epoch
     * @param length in seconds
     */
    public static Window of(long now, int length) {
        return new Window(now / length, (int) (length - now % length));
    }
}

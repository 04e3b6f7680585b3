package dev.keycloakmcp.consent;

import java.util.OptionalLong;

/**
 * How long a client has access after a yes.
 *
 * @param offline true for access that does not end with the person's session
 * @param length of two times of one kind, the longer one has the larger length
 */
public record AccessTime(boolean offline, long length) {

    /** Access that ends only once it is not used is longer than any that ends by itself. */
    private static final long WITHOUT_END = 1L << 40;

    /** Access during the person's session, or for the life of one token. */
    public static AccessTime online(long seconds) {
        return new AccessTime(false, seconds);
    }

    /**
     * Access that goes on after the session.
     *
     * @param idleSeconds ends it when it is not used for so long
     * @param mostSeconds ends it in any case; empty for never
     */
    public static AccessTime offline(long idleSeconds, OptionalLong mostSeconds) {
        return new AccessTime(true, mostSeconds.orElse(WITHOUT_END + idleSeconds));
    }
}

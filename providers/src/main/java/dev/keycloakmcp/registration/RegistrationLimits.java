package dev.keycloakmcp.registration;

/**
 * Limits of the number of registered clients.
 *
 * @param perSource registrations of one source in a window; 0 for any number
 * @param windowSeconds length of the window in seconds
 * @param maxClients registered clients of the realm; 0 for any number
 * @param reuseIdentical true when public clients with the same metadata share one client
 */
public record RegistrationLimits(int perSource, int windowSeconds, int maxClients, boolean reuseIdentical) {

    /** True when registrations of one source are counted. */
    public boolean limitsSources() {
        return perSource > 0 && windowSeconds > 0;
    }

    /** The number of clients that have to go before one more may come. */
    public int excess(long registered) {
        return maxClients <= 0 ? 0 : (int) Math.max(0, Math.min(registered - maxClients + 1, Integer.MAX_VALUE));
    }
}

package dev.keycloakmcp.consent;

/**
 * The longest access of each kind that a person allowed, 0 for none.
 *
 * @param online length of access while the session lasts
 * @param offline length of access that goes on after it
 */
public record AllowedTime(long online, long offline) {

    public static final AllowedTime NONE = new AllowedTime(0, 0);

    /** Who allows access after the session allows it during the session as well. */
    public AllowedTime with(AccessTime more) {
        return new AllowedTime(
                Math.max(online, more.length()), more.offline() ? Math.max(offline, more.length()) : offline);
    }

    /** True when access of that time was allowed, or access that ends with the session in an answer that says no time. */
    public boolean mayCover(AccessTime time) {
        return covers(time) || !time.offline() && equals(NONE);
    }

    /** True when access of that time was allowed. */
    public boolean covers(AccessTime time) {
        return time.length() <= (time.offline() ? offline : online);
    }
}

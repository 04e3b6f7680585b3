package dev.keycloakmcp.fetch;

/**
 * The limits of requests to hosts that others name, as administrators set them.
 *
 * @param timeoutMillis the longest time that a request may take, in all
 * @param maxBytes the longest body that is taken, after decompression
 * @param maxAgeSeconds the longest time for which an answer is fresh
 * @param privateAddresses true when hosts may be on this computer and in private networks
 */
public record FetchLimits(int timeoutMillis, int maxBytes, long maxAgeSeconds, boolean privateAddresses) {

    /** Where administrators say nothing. */
    public static final FetchLimits USUAL = new FetchLimits(3000, 64 * 1024, 24 * 3600L, false);

    /** No request may hold up a login, or fill the memory, for long, whatever is set. */
    public FetchLimits {
        timeoutMillis = between(timeoutMillis, 100, 30_000);
        maxBytes = between(maxBytes, 1024, 1024 * 1024);
    }

    /** The addresses that may be connected to. */
    public AddressRule addresses() {
        return new AddressRule(privateAddresses);
    }

    /** The answers that are taken. */
    public AnswerRule answers() {
        return new AnswerRule(maxBytes);
    }

    /** How long answers are fresh. */
    public Freshness freshness() {
        return new Freshness(Math.min(Freshness.FIVE_MINUTES, Math.max(0, maxAgeSeconds)), Math.max(0, maxAgeSeconds));
    }

    private static int between(int value, int least, int most) {
        return Math.min(Math.max(value, least), most);
    }
}

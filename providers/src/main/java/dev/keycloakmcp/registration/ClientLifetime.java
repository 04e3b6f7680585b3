package dev.keycloakmcp.registration;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * The time that registered clients stay.
 *
 * @param unusedHours hours after its registration that a client without a single token stays; 0 for ever
 * @param idleDays days after its last token that a client stays; 0 for ever
 */
public record ClientLifetime(int unusedHours, int idleDays) {

    /** Uses are noted once in this many seconds, so the last one may be that much later than noted. */
    public static final int USE_RESOLUTION_SECONDS = (int) TimeUnit.DAYS.toSeconds(1);

    /** Why a client goes. */
    public enum Expiry {
        /** Nobody completed a login with it. */
        UNUSED("unused"),
        /** Nobody used it for long. */
        IDLE("idle");

        private final String value;

        Expiry(String value) {
            this.value = value;
        }

        /** The reason in events. */
        public String value() {
            return value;
        }
    }

    /**
     * When a client goes.
     *
     * @param registeredAt epoch seconds
     * @param lastUsed epoch seconds of the last use that was noted, empty for a client never used
     * @return epoch seconds; empty where it stays
     */
    public OptionalLong expiresAt(long registeredAt, OptionalLong lastUsed) {
        if (lastUsed.isPresent()) {
            return idleDays <= 0
                    ? OptionalLong.empty()
                    : OptionalLong.of(
                            lastUsed.getAsLong() + TimeUnit.DAYS.toSeconds(idleDays) + USE_RESOLUTION_SECONDS);
        }
        return unusedHours <= 0
                ? OptionalLong.empty()
                : OptionalLong.of(registeredAt + TimeUnit.HOURS.toSeconds(unusedHours));
    }

    /** Why a client goes now; empty where it stays. */
    public Optional<Expiry> expired(long registeredAt, OptionalLong lastUsed, long now) {
        OptionalLong expiresAt = expiresAt(registeredAt, lastUsed);
        if (expiresAt.isEmpty() || now < expiresAt.getAsLong()) {
            return Optional.empty();
        }
        return Optional.of(lastUsed.isPresent() ? Expiry.IDLE : Expiry.UNUSED);
    }
}

package dev.keycloakmcp.audit;

import dev.keycloakmcp.support.StoredText;
import java.util.Optional;

/** The reason that an administrator gives for a suspension. */
public final class Suspension {

    /** Characters that a reason may have. */
    public static final int LONGEST_REASON = 500;

    private Suspension() {}

    /** The fault of a reason; empty where it may be given. */
    public static Optional<String> problem(String reason) {
        if (reason.isBlank()) {
            return Optional.of("reason must not be empty");
        }
        if (reason.length() > LONGEST_REASON) {
            return Optional.of("reason may have " + LONGEST_REASON + " characters");
        }
        return StoredText.fit(reason, LONGEST_REASON).equals(reason)
                ? Optional.empty()
                : Optional.of("reason may not have control characters");
    }
}

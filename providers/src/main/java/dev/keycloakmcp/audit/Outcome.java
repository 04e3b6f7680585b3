package dev.keycloakmcp.audit;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How what a row is about ended. */
public enum Outcome {
    ALLOW,
    DENY,
    /** It went on; a policy in report mode would have refused it. */
    WOULD_DENY;

    /** What events, rows and filters say. */
    public String value() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The outcome of that value. */
    public static Optional<Outcome> of(String value) {
        return Arrays.stream(values())
                .filter(outcome -> outcome.value().equals(value))
                .findFirst();
    }
}

package dev.keycloakmcp.decision;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The outcome of a request that policies had a say in. */
public enum Outcome {
    ALLOW,
    DENY,
    /** It went on; a policy in report mode would have refused it. */
    WOULD_DENY,
    /** It went on; policies in report mode would have left less in its token. */
    WOULD_NARROW;

    /** The value in events, metrics, audit rows and filters. */
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

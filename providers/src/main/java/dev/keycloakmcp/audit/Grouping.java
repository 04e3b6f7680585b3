package dev.keycloakmcp.audit;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The values that rows are counted by. */
public enum Grouping {
    ACTOR,
    SUBJECT,
    RESOURCE,
    /** Subject, actors, client and resource together. */
    FLOW;

    /** The value of the query parameter. */
    public String value() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The grouping of that value. */
    public static Optional<Grouping> of(String value) {
        return Arrays.stream(values())
                .filter(grouping -> grouping.value().equals(value))
                .findFirst();
    }
}

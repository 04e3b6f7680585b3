package dev.keycloakmcp.admin;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The choice for clients that are suspended, when the set-up is taken out and nothing would stop them any more. */
public enum AfterSuspension {
    DISABLE,
    /** The suspensions end. */
    RELEASE;

    /** As the REST API says it. */
    public String value() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The choice of that name; empty where there is none. */
    public static Optional<AfterSuspension> of(String value) {
        return Arrays.stream(values())
                .filter(choice -> choice.value().equals(value))
                .findFirst();
    }
}

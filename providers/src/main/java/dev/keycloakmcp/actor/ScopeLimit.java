package dev.keycloakmcp.actor;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Which scopes an exchanged token may hold, all of them owned by the target and assigned to the requesting client. */
public enum ScopeLimit {
    /** Those requested. */
    TARGET("target"),
    /** Those requested that the subject token holds as well. */
    SUBSET("subset");

    private final String value;

    ScopeLimit(String value) {
        this.value = value;
    }

    /** The value in the configuration. */
    public String value() {
        return value;
    }

    /** {@link #TARGET} by default; a value that is none of them is the strictest. */
    public static ScopeLimit of(@Nullable String value) {
        if (value == null || value.isBlank()) {
            return TARGET;
        }
        return Arrays.stream(values())
                .filter(limit -> limit.value.equals(value.trim()))
                .findFirst()
                .orElse(SUBSET);
    }
}

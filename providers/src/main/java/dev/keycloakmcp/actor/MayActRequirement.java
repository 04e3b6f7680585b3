package dev.keycloakmcp.actor;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** When a subject token has to say who may act. Whatever it is, what the token says is enforced. */
public enum MayActRequirement {
    /** When an actor token was sent. */
    AUTO("auto"),
    /** At every exchange. */
    ALWAYS("always"),
    /** Never. */
    NEVER("never");

    private final String value;

    MayActRequirement(String value) {
        this.value = value;
    }

    /** The value in the configuration. */
    public String value() {
        return value;
    }

    /** {@link #AUTO} by default; a value that is none of them is the strictest. */
    public static MayActRequirement of(@Nullable String value) {
        if (value == null || value.isBlank()) {
            return AUTO;
        }
        return Arrays.stream(values())
                .filter(requirement -> requirement.value.equals(value.trim()))
                .findFirst()
                .orElse(ALWAYS);
    }

    boolean applies(ActingParty party) {
        return switch (this) {
            case ALWAYS -> true;
            case AUTO -> party.byToken();
            case NEVER -> false;
        };
    }
}

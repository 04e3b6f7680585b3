package dev.keycloakmcp.policy.provider;

import jakarta.ws.rs.core.Response;
import java.util.Collection;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.keycloak.services.ErrorResponse;

/**
 * Refuses what an administrator saves if it cannot be meant, with a message that names the field. Keycloak itself only
 * says that some executor has an invalid configuration. What is not set is always fine.
 */
public final class SavedConfiguration {

    private final String providerId;

    private SavedConfiguration(String providerId) {
        this.providerId = providerId;
    }

    public static SavedConfiguration of(String providerId) {
        return new SavedConfiguration(providerId);
    }

    public SavedConfiguration option(String key, @Nullable String value, Collection<String> options) {
        return require(key, value, isUnset(value) || options.contains(value), "has to be one of " + options);
    }

    public SavedConfiguration flag(String key, @Nullable String value) {
        String text = isUnset(value) ? "true" : Objects.requireNonNull(value).trim();
        return require(key, value, "true".equals(text) || "false".equals(text), "has to be true or false");
    }

    public SavedConfiguration number(String key, @Nullable String value, int least, int most) {
        String text = isUnset(value) ? "" : Objects.requireNonNull(value).trim();
        boolean fine = text.isEmpty()
                || text.matches("[0-9]{1,9}") && Integer.parseInt(text) >= least && Integer.parseInt(text) <= most;
        return require(
                key,
                value,
                fine,
                most == Integer.MAX_VALUE
                        ? "has to be a whole number, at least " + least
                        : "has to be a whole number from " + least + " to " + most);
    }

    /** Names, in a list or in text. */
    public SavedConfiguration names(String key, @Nullable Object value, String pattern, String what) {
        McpExecutorConfiguration.names(value)
                .forEach(name -> require(key, name, name.matches(pattern), "has to hold " + what));
        return this;
    }

    private SavedConfiguration require(String key, @Nullable String value, boolean fine, String what) {
        if (!fine) {
            throw ErrorResponse.error(
                    providerId + ": '" + key + "' " + what + ", but is '" + value + "'", Response.Status.BAD_REQUEST);
        }
        return this;
    }

    private static boolean isUnset(@Nullable String value) {
        return value == null || value.isBlank();
    }
}

package dev.keycloakmcp.support;

import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A key of a configuration that administrators write. Saving refuses what cannot be meant. What was stored otherwise, and
 * cannot be read, falls to the safe side.
 *
 * @param <T> what it is read as
 */
public sealed interface Setting<T> permits FlagSetting, NumberSetting, TextSetting, ChoiceSetting, ListSetting {

    /** The key. */
    String key();

    /** The stand-in for a value that cannot be read, as administrators write it; empty where no value stands for another. */
    Optional<String> safeText();

    /** Reads a value as it is stored: text, number, boolean, a list of these, or null. */
    T read(@Nullable Object stored);

    /** Why the value cannot be meant; empty where it can. */
    Optional<String> problem(@Nullable Object stored);

    /** A single value as text without spaces around it; empty where it is not set. A list of one stands for its value. */
    static Optional<String> text(@Nullable Object stored) {
        Object single = stored;
        if (stored instanceof Collection<?> list && list.size() <= 1) {
            single = list.isEmpty() ? null : list.iterator().next();
        }
        return Optional.ofNullable(single)
                .map(value -> String.valueOf(value).trim())
                .filter(value -> !value.isEmpty());
    }
}

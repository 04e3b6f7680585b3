package dev.keycloakmcp.support;

import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A setting that is one text, or nothing.
 *
 * @param fine whether a text can be meant
 * @param wrong what is said of one that cannot
 */
public record TextSetting(String key, Predicate<String> fine, String wrong) implements Setting<Optional<String>> {

    @Override
    public Optional<String> safeText() {
        return Optional.empty();
    }

    /** A text that cannot be meant is as good as none. */
    @Override
    public Optional<String> read(@Nullable Object stored) {
        return Setting.text(stored).filter(fine);
    }

    @Override
    public Optional<String> problem(@Nullable Object stored) {
        return Setting.text(stored)
                .filter(fine.negate())
                .map(text -> "'" + key + "' " + wrong + ", but is '" + text + "'");
    }
}

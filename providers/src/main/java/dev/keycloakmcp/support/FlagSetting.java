package dev.keycloakmcp.support;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A setting that is true or false.
 *
 * @param byDefault where it is not set
 * @param safe where it is neither
 */
public record FlagSetting(String key, boolean byDefault, boolean safe) implements Setting<Boolean> {

    @Override
    public Optional<String> safeText() {
        return Optional.of(String.valueOf(safe));
    }

    @Override
    public Boolean read(@Nullable Object stored) {
        return Setting.text(stored).map(text -> parse(text).orElse(safe)).orElse(byDefault);
    }

    @Override
    public Optional<String> problem(@Nullable Object stored) {
        return Setting.text(stored)
                .filter(text -> parse(text).isEmpty())
                .map(text -> "'" + key + "' has to be true or false, but is '" + text + "'");
    }

    private static Optional<Boolean> parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> Optional.of(true);
            case "false" -> Optional.of(false);
            default -> Optional.empty();
        };
    }
}

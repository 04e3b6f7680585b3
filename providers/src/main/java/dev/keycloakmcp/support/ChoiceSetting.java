package dev.keycloakmcp.support;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A setting that is one of several values.
 *
 * @param values what it can be
 * @param text how each is written
 * @param byDefault where it is not set
 * @param safe where it is none of them
 */
public record ChoiceSetting<E>(String key, List<E> values, Function<E, String> text, E byDefault, E safe)
        implements Setting<E> {

    /** One of the values of an enum. */
    public static <E extends Enum<E>> ChoiceSetting<E> of(String key, Function<E, String> text, E byDefault, E safe) {
        return new ChoiceSetting<>(
                key,
                List.copyOf(Arrays.asList(byDefault.getDeclaringClass().getEnumConstants())),
                text,
                byDefault,
                safe);
    }

    /** How the values are written. */
    public List<String> options() {
        return values.stream().map(text).toList();
    }

    @Override
    public Optional<String> safeText() {
        return Optional.of(text.apply(safe));
    }

    @Override
    public E read(@Nullable Object stored) {
        return Setting.text(stored).map(found -> parse(found).orElse(safe)).orElse(byDefault);
    }

    @Override
    public Optional<String> problem(@Nullable Object stored) {
        return Setting.text(stored)
                .filter(found -> parse(found).isEmpty())
                .map(found -> "'" + key + "' has to be one of " + options() + ", but is '" + found + "'");
    }

    private Optional<E> parse(String found) {
        return values.stream().filter(value -> text.apply(value).equals(found)).findFirst();
    }
}

package dev.keycloakmcp.support;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A setting that is a list of names: one value each, or several in one text, between spaces, commas or, as the Admin Console
 * writes lists, two number signs.
 *
 * @param byDefault where it is not set; one that is set to nothing is empty
 * @param options what the Admin Console offers; empty where the names are free
 * @param separator what is between two names
 * @param fine whether a name can be meant
 * @param wrong what is said of one that cannot
 */
public record ListSetting(
        String key,
        List<String> byDefault,
        List<String> options,
        Pattern separator,
        Predicate<String> fine,
        String wrong)
        implements Setting<List<String>> {

    private static final Pattern SEPARATOR = Pattern.compile("[\\s,]+|##");
    private static final Pattern WITHOUT_BLANK = Pattern.compile("\\s*(?:\\R|##)\\s*");
    private static final Pattern WITHOUT_COMMA = Pattern.compile("\\s+|##");

    /** Any names, and none by default. */
    public static ListSetting of(String key) {
        return new ListSetting(key, List.of(), List.of(), SEPARATOR, name -> true, "");
    }

    /** The same with names where it is not set. */
    public ListSetting orElse(List<String> names) {
        return new ListSetting(key, names, options, separator, fine, wrong);
    }

    /** The same with names to choose from in the Admin Console. */
    public ListSetting offering(List<String> names) {
        return new ListSetting(key, byDefault, names, separator, fine, wrong);
    }

    /** The same with names that a comma may be part of. */
    public ListSetting withCommas() {
        return new ListSetting(key, byDefault, options, WITHOUT_COMMA, fine, wrong);
    }

    /** The same with names that commas and spaces may be part of: in one text, each has a line of its own. */
    public ListSetting withSpaces() {
        return new ListSetting(key, byDefault, options, WITHOUT_BLANK, fine, wrong);
    }

    /** The same where only some names can be meant. */
    public ListSetting where(Predicate<String> canBeMeant, String otherwise) {
        return new ListSetting(key, byDefault, options, separator, canBeMeant, otherwise);
    }

    @Override
    public Optional<String> safeText() {
        return Optional.empty();
    }

    @Override
    public List<String> read(@Nullable Object stored) {
        return stored == null ? byDefault : names(stored).toList();
    }

    @Override
    public Optional<String> problem(@Nullable Object stored) {
        return Stream.ofNullable(stored)
                .flatMap(this::names)
                .filter(fine.negate())
                .findFirst()
                .map(name -> "'" + key + "': '" + name + "' " + wrong);
    }

    private Stream<String> names(Object stored) {
        Stream<?> values = stored instanceof Collection<?> list ? list.stream() : Stream.of(stored);
        // A null names nobody, but does not make the list one that was not set.
        return values.flatMap(
                        value -> separator.splitAsStream(String.valueOf(value).strip()))
                .filter(name -> !name.isEmpty())
                .distinct();
    }
}

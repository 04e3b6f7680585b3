package dev.keycloakmcp.support;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A setting that is a whole number, such as a limit or a duration in the unit that its key says.
 *
 * @param byDefault where it is not set
 * @param least the smallest that can be meant
 * @param most the greatest
 * @param safe where it is no such number
 */
public record NumberSetting(String key, int byDefault, int least, int most, int safe) implements Setting<Integer> {

    /** The greatest number that may be written. */
    public static final int ANY = 999_999_999;

    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,9}");

    /** At least that, and the default where it is no such number. */
    public static NumberSetting atLeast(int least, String key, int byDefault) {
        return new NumberSetting(key, byDefault, least, ANY, byDefault);
    }

    @Override
    public Optional<String> safeText() {
        return Optional.of(String.valueOf(safe));
    }

    @Override
    public Integer read(@Nullable Object stored) {
        return Setting.text(stored).map(text -> parse(text).orElse(safe)).orElse(byDefault);
    }

    @Override
    public Optional<String> problem(@Nullable Object stored) {
        return Setting.text(stored)
                .filter(text -> parse(text).isEmpty())
                .map(text -> "'" + key + "' has to be a whole number from " + least + " to " + most + ", but is '"
                        + text + "'");
    }

    private Optional<Integer> parse(String text) {
        return Optional.of(text)
                .filter(digits -> DIGITS.matcher(digits).matches())
                .map(Integer::valueOf)
                // Zero turns limits off: that is said plainly or not at all.
                .filter(number -> number >= least && number <= most && (number != 0 || text.equals("0")));
    }
}

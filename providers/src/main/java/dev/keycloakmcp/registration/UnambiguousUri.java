package dev.keycloakmcp.registration;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** The characters of a URI in which no two readers see two URIs. */
final class UnambiguousUri {

    /** Wildcards, fragments, backslashes, and what browsers strip or rewrite. */
    private static final Pattern FORBIDDEN = Pattern.compile("[^\\x21-\\x7e]|[*#\\\\\"<>^`{|}]");

    /** Encoded NUL and other controls, dot, slash, backslash, percent: two readers may see two URIs. */
    private static final Pattern AMBIGUOUS_ENCODING = Pattern.compile("%([01][0-9a-f]|7f|2e|2f|5c|25)");

    private static final Pattern DOT_SEGMENT = Pattern.compile("(^|/)\\.\\.?(;[^/]*)?(/|$)");

    private UnambiguousUri() {}

    /** The reason why the text is none; empty where there is none. */
    static Optional<String> problem(String value, int longest) {
        if (value.isEmpty() || value.length() > longest) {
            return Optional.of("has to have 1 to " + longest + " characters");
        }
        if (FORBIDDEN.matcher(value).find()) {
            return Optional.of(
                    "holds a wildcard, a fragment, a backslash, or a character that has to be percent-encoded");
        }
        return AMBIGUOUS_ENCODING.matcher(value.toLowerCase(Locale.ROOT)).find()
                ? Optional.of("holds an encoded slash, dot, percent sign or control character")
                : Optional.empty();
    }

    /** True when a path leads back. */
    static boolean holdsDotSegment(String rawPath) {
        return DOT_SEGMENT.matcher(rawPath).find();
    }
}

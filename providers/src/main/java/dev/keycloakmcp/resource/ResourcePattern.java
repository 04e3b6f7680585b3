package dev.keycloakmcp.resource;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A pattern for resource URIs: a URI in which {@code *} stands for any characters but {@code /}, and {@code **} for any
 * characters at all. Compared in canonical form; a pattern {@code *} alone matches every URI.
 */
public final class ResourcePattern {

    private static final String ANY = "*";

    private final Pattern regex;

    private ResourcePattern(Pattern regex) {
        this.regex = regex;
    }

    /**
     * Reads a pattern.
     *
     * @return empty where it is neither {@code *} nor starts with {@code http://} or {@code https://}
     */
    public static Optional<ResourcePattern> parse(String pattern) {
        String trimmed = pattern.trim();
        if (ANY.equals(trimmed)) {
            return Optional.of(new ResourcePattern(Pattern.compile(".*")));
        }
        String canonical = canonical(trimmed);
        if (!canonical.startsWith("https://") && !canonical.startsWith("http://")) {
            return Optional.empty();
        }
        StringBuilder regex = new StringBuilder();
        int at = 0;
        while (at < canonical.length()) {
            if (canonical.startsWith("**", at)) {
                regex.append(".*");
                at += 2;
            } else if (canonical.charAt(at) == '*') {
                regex.append("[^/]*");
                at++;
            } else {
                regex.append(Pattern.quote(String.valueOf(canonical.charAt(at))));
                at++;
            }
        }
        return Optional.of(new ResourcePattern(Pattern.compile(regex.toString())));
    }

    /** A pattern that matches nothing, for one that cannot be read and must not widen what others allow. */
    public static ResourcePattern nothing() {
        return new ResourcePattern(Pattern.compile("(?!)"));
    }

    /** True when the URI matches. */
    public boolean matches(ResourceIndicator indicator) {
        return regex.matcher(indicator.canonical()).matches();
    }

    private static String canonical(String pattern) {
        int authority = pattern.indexOf("://");
        int path = authority < 0 ? -1 : pattern.indexOf('/', authority + 3);
        if (path < 0) {
            return pattern.toLowerCase(Locale.ROOT);
        }
        String rest = pattern.substring(path);
        return pattern.substring(0, path).toLowerCase(Locale.ROOT)
                + (rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest);
    }
}

package dev.keycloakmcp.registration;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The URLs of metadata documents that a realm takes: one URL, or those that differ in one segment of the path, where the
 * pattern has a star. Never any host, nor all of a host: it may serve documents of many clients.
 */
public final class DocumentPattern {

    private static final String STAR = "*";
    private static final String ANY_SEGMENT = "[^/?]+";
    private static final String SOME_SEGMENT = "x";

    private final String text;
    private final Pattern regex;

    private DocumentPattern(String text, Pattern regex) {
        this.text = text;
        this.regex = regex;
    }

    /** Reads a pattern; empty where it could be no URL of a document, or has a star elsewhere than for one segment. */
    public static Optional<DocumentPattern> parse(String pattern) {
        int star = pattern.indexOf(STAR);
        if (star < 0) {
            return DocumentUrl.parse(pattern)
                    .map(url -> new DocumentPattern(pattern, Pattern.compile(literal(pattern))));
        }
        String before = pattern.substring(0, star);
        String after = pattern.substring(star + 1);
        boolean whole = before.endsWith("/") && (after.isEmpty() || after.startsWith("/") || after.startsWith("?"));
        return whole && !before.contains("?")
                ? DocumentUrl.parse(before + SOME_SEGMENT + after)
                        .filter(url -> before.length() > origin(url).length()) // else it stands for the host
                        .map(url -> new DocumentPattern(
                                pattern, Pattern.compile(literal(before) + ANY_SEGMENT + literal(after))))
                : Optional.empty();
    }

    /** True when a document at the URL is taken. */
    public boolean matches(DocumentUrl url) {
        return regex.matcher(url.text()).matches();
    }

    private static String origin(DocumentUrl url) {
        return url.uri().getScheme() + "://" + url.uri().getRawAuthority();
    }

    private static String literal(String text) {
        return Pattern.quote(text);
    }

    /** The pattern as it was written. */
    @Override
    public String toString() {
        return text;
    }
}

package dev.keycloakmcp.support;

/** Text as events and rows keep it: what databases cannot hold is replaced, what is too long is cut, and says so. */
public final class StoredText {

    private static final char REPLACEMENT = '?';
    private static final char LEAST_PRINTABLE = ' ';
    private static final char FIRST_NOT_ASCII = 0x7f;

    private static final String ELLIPSIS = "...";
    /** Shorter texts have no room for the ellipsis. */
    private static final int LEAST_WITH_ELLIPSIS = 12;

    private StoredText() {}

    /** The text, of at most that many UTF-16 units; one that is longer ends with an ellipsis. */
    public static String cut(String text, int length) {
        if (text.length() <= length || length < LEAST_WITH_ELLIPSIS) {
            return text.substring(0, Math.min(text.length(), length));
        }
        int end = length - ELLIPSIS.length();
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + ELLIPSIS;
    }

    /** Without control characters and half characters, of at most that many UTF-16 units. */
    public static String fit(String value, int length) {
        String text = length < LEAST_WITH_ELLIPSIS ? value : cut(value, length);
        StringBuilder fitting = new StringBuilder(Math.min(text.length(), length));
        for (int i = 0; i < text.length(); ) {
            int character = text.codePointAt(i);
            int units = Character.charCount(character);
            if (fitting.length() + units > length) {
                break;
            }
            boolean kept = character >= LEAST_PRINTABLE && !isHalf(character) && !Character.isISOControl(character);
            fitting.appendCodePoint(kept ? character : REPLACEMENT);
            i += units;
        }
        return fitting.toString();
    }

    /** The same for what is ASCII by its standard, such as URIs and scopes. */
    public static String fitAscii(String text, int length) {
        StringBuilder fitting = new StringBuilder(Math.min(text.length(), length));
        cut(text, length)
                .chars()
                .limit(length)
                .forEach(character -> fitting.append(
                        character >= LEAST_PRINTABLE && character < FIRST_NOT_ASCII ? (char) character : REPLACEMENT));
        return fitting.toString();
    }

    private static boolean isHalf(int character) {
        return Character.isBmpCodePoint(character) && Character.isSurrogate((char) character);
    }
}

package dev.keycloakmcp.support;

/** Text as rows keep it: what databases cannot hold is replaced, what is too long is cut. */
public final class StoredText {

    private static final char REPLACEMENT = '?';
    private static final char LEAST_PRINTABLE = ' ';
    private static final char FIRST_NOT_ASCII = 0x7f;

    private StoredText() {}

    /** Without control characters and half characters, of at most that many UTF-16 units. */
    public static String fit(String text, int length) {
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
        text.chars()
                .limit(length)
                .forEach(character -> fitting.append(
                        character >= LEAST_PRINTABLE && character < FIRST_NOT_ASCII ? (char) character : REPLACEMENT));
        return fitting.toString();
    }

    private static boolean isHalf(int character) {
        return Character.isBmpCodePoint(character) && Character.isSurrogate((char) character);
    }
}

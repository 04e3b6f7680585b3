package dev.keycloakmcp.support;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.EnumSet;
import java.util.Set;

/**
 * A name that somebody else chose, made fit for a page: one line, of bounded length, without invisible characters, with
 * a verdict on whether it may imitate another name.
 *
 * @param text what to show; U+FFFD where a character was taken out
 * @param suspicious whether the name held hidden characters, or may be taken for another one ({@link Lookalikes})
 */
public record DisplayName(String text, boolean suspicious) {

    /** Longest text in code points. */
    public static final int MAX_LENGTH = 80;

    static final char REPLACEMENT = '\uFFFD';
    public static final char ELLIPSIS = '\u2026';

    private static final int MOST_MARKS = 2;
    private static final int ZERO_WIDTH_JOINER = 0x200d;
    private static final int HANGUL_FILLER = 0x3164;
    private static final int HALFWIDTH_HANGUL_FILLER = 0xffa0;
    private static final int HANGUL_CHOSEONG_FILLER = 0x115f;
    private static final int HANGUL_JUNGSEONG_FILLER = 0x1160;
    private static final int BRAILLE_BLANK = 0x2800;
    private static final int GRAPHEME_JOINER = 0x34f;

    /** Alphabets in which a joiner or a variation selector changes nothing that can be seen. */
    private static final Set<UnicodeScript> UNJOINED =
            EnumSet.of(UnicodeScript.LATIN, UnicodeScript.GREEK, UnicodeScript.CYRILLIC, UnicodeScript.ARMENIAN);

    /** Reads a name as it was sent. */
    public static DisplayName of(String raw) {
        StringBuilder text = new StringBuilder();
        boolean hidden = false;
        int marks = 0;
        int length = 0;
        for (int c : Normalizer.normalize(raw, Normalizer.Form.NFC).codePoints().toArray()) {
            if (length == MAX_LENGTH) {
                text.append(ELLIPSIS);
                break;
            }
            marks = isMark(c) ? marks + 1 : 0;
            if (marks > MOST_MARKS) {
                hidden = true;
                continue;
            }
            if (isSpace(c)) {
                if (text.isEmpty() || text.charAt(text.length() - 1) == ' ') {
                    continue;
                }
                text.append(' ');
            } else if (isHidden(c) || isFormOf(c) && !hasForms(text)) {
                hidden = true;
                text.append(REPLACEMENT);
            } else {
                text.appendCodePoint(c);
            }
            length++;
        }
        String shown = text.toString().strip();
        return new DisplayName(shown, hidden || Lookalikes.areIn(shown));
    }

    private static boolean isMark(int c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK;
    }

    private static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    /** True when a character only chooses the form of the one before it, as in emoji. */
    private static boolean isFormOf(int c) {
        return c == ZERO_WIDTH_JOINER || Character.UnicodeBlock.of(c) == Character.UnicodeBlock.VARIATION_SELECTORS;
    }

    private static boolean hasForms(StringBuilder text) {
        return !text.isEmpty() && !UNJOINED.contains(UnicodeScript.of(text.codePointBefore(text.length())));
    }

    private static boolean isHidden(int c) {
        return switch (c) {
            case HANGUL_FILLER,
                    HALFWIDTH_HANGUL_FILLER,
                    HANGUL_CHOSEONG_FILLER,
                    HANGUL_JUNGSEONG_FILLER,
                    BRAILLE_BLANK,
                    GRAPHEME_JOINER -> true;
            default -> isInvisible(c);
        };
    }

    private static boolean isInvisible(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.SURROGATE, Character.PRIVATE_USE, Character.UNASSIGNED -> true;
            case Character.FORMAT -> c != ZERO_WIDTH_JOINER;
            default -> false;
        };
    }
}

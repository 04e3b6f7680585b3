package dev.keycloakmcp.support;

import java.lang.Character.UnicodeBlock;
import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Texts that may be taken for another text in Latin letters. Each character is read as a person reads it: by its {@link
 * Skeleton} and, where that is a letter in a frame or a small capital, by its Unicode name.
 */
final class Lookalikes {

    private static final Pattern WORD = Pattern.compile("\\S+");

    /** Letters that Unicode takes for symbols of their own: framed ones, flags, small capitals. */
    private static final Pattern LETTER_OF_NAME =
            Pattern.compile(".*(?:LATIN|REGIONAL INDICATOR SYMBOL).* (?:LETTER|SMALL CAPITAL) ([A-Z])");

    private static final Pattern PLAIN = Pattern.compile("[0-9A-Za-z]+");

    /** Characters up to here are on keyboards, and look like nothing else. */
    private static final int LATIN_1 = 0xff;

    private static final int FIRST_OF_FLAGS = 0x1f1e6;
    private static final int LAST_OF_FLAGS = 0x1f1ff;
    private static final int DECIMAL = 10;

    /** Latin letters of living languages. */
    private static final Set<UnicodeBlock> ORDINARY_LATIN =
            Set.of(UnicodeBlock.LATIN_EXTENDED_A, UnicodeBlock.LATIN_EXTENDED_ADDITIONAL);

    /** Alphabets whose letters are mixed in ordinary words of one language. */
    private static final Set<UnicodeScript> EAST_ASIAN = EnumSet.of(
            UnicodeScript.HAN,
            UnicodeScript.HIRAGANA,
            UnicodeScript.KATAKANA,
            UnicodeScript.HANGUL,
            UnicodeScript.BOPOMOFO);

    /** Scripts in wide use today (Unicode Standard Annex 31, table 5). A reader takes letters of others for those known. */
    private static final Set<UnicodeScript> IN_USE = EnumSet.of(
            UnicodeScript.ARABIC,
            UnicodeScript.ARMENIAN,
            UnicodeScript.BENGALI,
            UnicodeScript.BOPOMOFO,
            UnicodeScript.CYRILLIC,
            UnicodeScript.DEVANAGARI,
            UnicodeScript.ETHIOPIC,
            UnicodeScript.GEORGIAN,
            UnicodeScript.GREEK,
            UnicodeScript.GUJARATI,
            UnicodeScript.GURMUKHI,
            UnicodeScript.HAN,
            UnicodeScript.HANGUL,
            UnicodeScript.HEBREW,
            UnicodeScript.HIRAGANA,
            UnicodeScript.KANNADA,
            UnicodeScript.KATAKANA,
            UnicodeScript.KHMER,
            UnicodeScript.LAO,
            UnicodeScript.LATIN,
            UnicodeScript.MALAYALAM,
            UnicodeScript.MYANMAR,
            UnicodeScript.ORIYA,
            UnicodeScript.SINHALA,
            UnicodeScript.TAMIL,
            UnicodeScript.TELUGU,
            UnicodeScript.THAANA,
            UnicodeScript.THAI,
            UnicodeScript.TIBETAN);

    private Lookalikes() {}

    /** True when a word mixes alphabets, holds Latin letters or digits in disguise, or reads as Latin and is not. */
    static boolean areIn(String text) {
        return WORD.matcher(text)
                .results()
                .map(word -> word.group().codePoints().toArray())
                .anyMatch(Lookalikes::isSuspicious);
    }

    private static boolean isSuspicious(int[] word) {
        return mixesAlphabets(word) || holdsDisguise(word) || passesForLatin(word);
    }

    private static boolean mixesAlphabets(int[] word) {
        Set<UnicodeScript> scripts = EnumSet.noneOf(UnicodeScript.class);
        for (int c : word) {
            if (!Character.isLetter(c) && !isMark(c)) {
                scripts.clear(); // another word begins
            } else if (!isCommon(UnicodeScript.of(c))) {
                scripts.add(EAST_ASIAN.contains(UnicodeScript.of(c)) ? UnicodeScript.HAN : UnicodeScript.of(c));
            }
            if (scripts.size() > 1) {
                return true;
            }
        }
        return false;
    }

    private static boolean holdsDisguise(int[] word) {
        int flags = 0;
        for (int c : word) {
            boolean flag = c >= FIRST_OF_FLAGS && c <= LAST_OF_FLAGS;
            if (!flag && isDisguise(c, word.length)) {
                return true;
            }
            flags += flag ? 1 : 0;
        }
        return flags > 0 && flags != 2; // two are the flag of a country
    }

    private static boolean isDisguise(int c, int length) {
        String reading = c <= LATIN_1 || isMark(c) ? "" : reading(c);
        if (!isPlain(reading)) {
            return false;
        }
        UnicodeScript script = UnicodeScript.of(c);
        if (isCommon(script)) {
            return !isSign(c, reading, length);
        }
        if (!compatible(c).equals(Character.toString(c))) {
            return true;
        }
        return script == UnicodeScript.LATIN
                ? !ORDINARY_LATIN.contains(UnicodeBlock.of(c))
                : !IN_USE.contains(script) && Character.isLetter(c);
    }

    /** True for symbols that stand alone, such as the one for a union, or for a word, such as that of a trade mark. */
    private static boolean isSign(int c, String reading, int length) {
        int type = Character.getType(c);
        return (type == Character.OTHER_SYMBOL || type == Character.MATH_SYMBOL)
                && (length == 1 || reading.length() > 1);
    }

    /** True for words of another alphabet without a letter that tells it. Letters that run to the left do. */
    private static boolean passesForLatin(int[] word) {
        int letters = 0;
        for (int c : word) {
            if (Character.isLetter(c)) {
                letters++;
                boolean tells = UnicodeScript.of(c) == UnicodeScript.LATIN
                        || Character.getDirectionality(c) != Character.DIRECTIONALITY_LEFT_TO_RIGHT
                        || !isPlain(reading(c));
                if (tells) {
                    return false;
                }
            }
        }
        return letters > 1;
    }

    /** The Latin letters or digits that a reader takes a character for, if any. */
    private static String reading(int c) {
        String skeleton = Skeleton.of(compatible(c));
        return isPlain(skeleton)
                ? skeleton
                : letterOfName(c)
                        .or(() -> skeleton.isEmpty() ? Optional.empty() : letterOfName(skeleton.codePointAt(0)))
                        .or(() -> digit(c))
                        .orElse(skeleton);
    }

    private static Optional<String> letterOfName(int c) {
        String name = Character.getName(c);
        Matcher matcher = LETTER_OF_NAME.matcher(name == null ? "" : name);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** Digits in a frame; those of other scripts look like themselves. */
    private static Optional<String> digit(int c) {
        int value = Character.getType(c) == Character.OTHER_NUMBER ? Character.getNumericValue(c) : -1;
        return value >= 0 && value < DECIMAL ? Optional.of(Integer.toString(value)) : Optional.empty();
    }

    private static String compatible(int c) {
        return Normalizer.normalize(Character.toString(c), Normalizer.Form.NFKC);
    }

    private static boolean isPlain(String text) {
        return PLAIN.matcher(text).matches();
    }

    private static boolean isCommon(UnicodeScript script) {
        return script == UnicodeScript.COMMON || script == UnicodeScript.INHERITED;
    }

    private static boolean isMark(int c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK;
    }
}

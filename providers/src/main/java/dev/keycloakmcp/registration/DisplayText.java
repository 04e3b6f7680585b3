package dev.keycloakmcp.registration;

/** Text that people will read on consent pages, in the Admin Console and in logs. */
final class DisplayText {

    /** Longest text in UTF-16 units; Keycloak's columns hold no more. */
    static final int MAX_LENGTH = 255;

    private static final int ARABIC_LETTER_MARK = 0x61c;
    private static final int ZERO_WIDTH_JOINER = 0x200d;

    private DisplayText() {}

    /**
     * True when the text shows what it is: no control, formatting or bidirectional characters, no line breaks, no halves
     * of surrogate pairs, nothing private or unassigned. The zero-width joiner of emoji is fine.
     */
    static boolean isHonest(String text) {
        return text.codePoints().allMatch(DisplayText::isHonest);
    }

    /** True when themes would replace a part of the text by a message ({@code ${...}}). */
    static boolean holdsExpression(String text) {
        return text.contains("${");
    }

    private static boolean isHonest(int c) {
        if (c == ARABIC_LETTER_MARK) {
            return false;
        }
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> false;
            case Character.FORMAT -> c == ZERO_WIDTH_JOINER;
            default -> true;
        };
    }
}

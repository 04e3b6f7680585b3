package dev.keycloakmcp.policy;

import java.nio.charset.StandardCharsets;

/**
 * A client id in a text that lists several. What separates them, and what nobody sees, is percent-encoded (RFC 3986 section
 * 2.1), and so is the percent sign: the list is split exactly, and no two client ids look the same in it.
 */
public final class ListedId {

    private ListedId() {}

    /** The client id as it is listed. */
    public static String of(String clientId) {
        StringBuilder listed = new StringBuilder();
        clientId.codePoints().forEach(point -> {
            if (isPlain(point)) {
                listed.appendCodePoint(point);
            } else {
                for (byte octet : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
                    listed.append(String.format("%%%02X", octet));
                }
            }
        });
        return listed.toString();
    }

    private static boolean isPlain(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> point != ',' && point != '%';
        };
    }
}

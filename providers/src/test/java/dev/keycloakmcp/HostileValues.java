package dev.keycloakmcp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import org.jspecify.annotations.Nullable;

/** What an attacker sends where a text, a form or a JSON value is expected. */
public final class HostileValues {

    private static final int LONG = 5000;
    private static final int DEEPEST = 40;

    private static final List<String> PIECES = List.of(
            "https://",
            "http://",
            "HTTPS://",
            "javascript:",
            "data:,",
            "urn:ietf:params:oauth:token-type:access_token",
            "crm.example.com",
            "localhost",
            "127.0.0.1",
            "[::1]",
            "xn--a",
            "*.example",
            ":443",
            ":8090",
            ":99999",
            "/",
            "//",
            "/mcp",
            "/../",
            "/callback",
            "?code=x",
            "?tenant=a",
            "#x",
            "@",
            "\\",
            "%00",
            "%2e",
            "%zz",
            "*",
            "**",
            "{{csp}}",
            "${x}",
            "=cmd|' /C calc'!A0",
            "+1",
            "@SUM(1)",
            "\"",
            "'",
            ",",
            ";",
            "<script>",
            "\u0000",
            "\r\n",
            "\t",
            " ",
            "\u00a0",
            "\u202e",
            "\u200b",
            "\u0430",
            "\uff1d",
            "\ud83d\ude00",
            "\ud800",
            "\udc00",
            "crm:read",
            "openid",
            "offline_access",
            "none",
            "a",
            "0",
            "-1",
            "9223372036854775808",
            "2026-11-26",
            "2026-02-30T25:61:00Z",
            "+999999999-12-31T23:59:59Z",
            "RS256",
            "HS256");

    private static final List<String> MEMBERS = List.of(
            "sub",
            "client_id",
            "act",
            "may_act",
            "iss",
            "exp",
            "aud",
            "keys",
            "kty",
            "n",
            "e",
            "redirect_uris",
            "client_name",
            "grant_types",
            "response_types",
            "token_endpoint_auth_method",
            "scope",
            "application_type",
            "client_uri",
            "logo_uri",
            "tos_uri",
            "policy_uri",
            "software_id",
            "software_version",
            "contacts",
            "jwks",
            "jwks_uri",
            "client_secret",
            "profiles",
            "policies",
            "executors",
            "conditions",
            "configuration",
            "executor",
            "enforcement");

    private HostileValues() {}

    /** Texts: nothing, something, far too much, and pieces of what is expected in a wrong order. */
    public static Arbitrary<String> texts() {
        return Arbitraries.randomValue(HostileValues::text);
    }

    /** JSON values, some of them deep. */
    public static Arbitrary<Object> values() {
        return Arbitraries.randomValue(random -> new Value(HostileValues.value(random, 0)))
                .map(Value::get);
    }

    /** JSON objects with members that the parsers know. */
    public static Arbitrary<Map<String, Object>> objects() {
        return Arbitraries.randomValue(HostileValues::object);
    }

    /** Forms in which names and values repeat. */
    public static Arbitrary<Map<String, List<String>>> forms() {
        return Arbitraries.randomValue(HostileValues::form);
    }

    /** Chains of objects under one member, such as {@code act}, of any depth. */
    public static Arbitrary<Map<String, Object>> chains(String member) {
        return Arbitraries.randomValue(random -> chain(random, member));
    }

    /** Generators do not make null. */
    private record Value(@Nullable Object get) {}

    public static String text(Random random) {
        return switch (random.nextInt(10)) {
            case 0 -> "";
            case 1 -> noise(random);
            case 2 -> pick(random, PIECES).repeat(1 + random.nextInt(400));
            case 3 ->
                IntStream.range(0, random.nextInt(300))
                        .mapToObj(word -> "w" + word)
                        .collect(Collectors.joining(" "));
            default ->
                IntStream.range(0, 1 + random.nextInt(6))
                        .mapToObj(piece -> pick(random, PIECES))
                        .collect(Collectors.joining());
        };
    }

    private static Map<String, Object> object(Random random) {
        Map<String, Object> members = new LinkedHashMap<>();
        for (int member = random.nextInt(8); member > 0; member--) {
            members.put(random.nextInt(8) == 0 ? text(random) : pick(random, MEMBERS), value(random, 0));
        }
        return members;
    }

    private static @Nullable Object value(Random random, int depth) {
        return switch (random.nextInt(depth > 4 ? 7 : 10)) {
            case 0, 1, 2 -> text(random);
            case 3 -> random.nextLong();
            case 4 -> random.nextBoolean();
            case 5 -> random.nextGaussian();
            case 6 -> null;
            case 7 -> {
                List<Object> elements = new ArrayList<>();
                IntStream.range(0, random.nextInt(5)).forEach(at -> elements.add(value(random, depth + 1)));
                yield elements;
            }
            case 8 -> chain(random, pick(random, MEMBERS));
            default -> {
                Map<String, Object> members = new HashMap<>();
                IntStream.range(0, random.nextInt(5))
                        .forEach(at -> members.put(pick(random, MEMBERS), value(random, depth + 1)));
                yield members;
            }
        };
    }

    private static Map<String, Object> chain(Random random, String member) {
        Map<String, Object> chain = new HashMap<>();
        for (int depth = random.nextInt(DEEPEST); depth > 0; depth--) {
            Map<String, Object> outer = new HashMap<>();
            outer.put("sub", random.nextInt(20) == 0 ? value(random, 9) : "s" + depth);
            outer.put("client_id", random.nextInt(20) == 0 ? value(random, 9) : "c" + random.nextInt(20));
            if (!chain.isEmpty() || random.nextInt(20) == 0) {
                outer.put(member, random.nextInt(50) == 0 ? text(random) : chain);
            }
            chain = outer;
        }
        return chain;
    }

    private static Map<String, List<String>> form(Random random) {
        Map<String, List<String>> form = new LinkedHashMap<>();
        List<String> names = Arrays.asList(
                "scope",
                "resource",
                "audience",
                "actor_token",
                "actor_token_type",
                "subject_token",
                "subject_token_type",
                "requested_token_type",
                "grant_type");
        for (int parameter = random.nextInt(8); parameter > 0; parameter--) {
            form.computeIfAbsent(pick(random, names), name -> new ArrayList<>()).add(text(random));
        }
        return form;
    }

    private static String noise(Random random) {
        StringBuilder text = new StringBuilder();
        int length = random.nextInt(20) == 0 ? LONG : random.nextInt(60);
        IntStream.range(0, length).forEach(at -> text.append((char) random.nextInt(0x10000)));
        return text.toString();
    }

    private static <T> T pick(Random random, List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}

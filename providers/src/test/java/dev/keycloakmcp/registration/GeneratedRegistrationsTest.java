package dev.keycloakmcp.registration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.decision.Decision;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whatever JSON object comes, the rules decide, and what they admit is within the policy. */
class GeneratedRegistrationsTest {

    private static final int BODIES = 100_000;
    private static final long SEED = 7591;

    private static final List<String> MEMBERS = List.of(
            "redirect_uris",
            "redirect_uris",
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
            "client_id",
            "client_secret",
            "unknown",
            "client_name#fr",
            "");

    private static final List<String> TEXTS = List.of(
            "http://localhost:8090/callback",
            "http://127.0.0.1/cb",
            "https://claude.ai/cb",
            "cursor://x/cb",
            "https://evil.example/cb",
            "javascript:alert(1)",
            "http://localhost/\u0000",
            "authorization_code",
            "refresh_token",
            "client_credentials",
            "code",
            "token",
            "none",
            "client_secret_post",
            "private_key_jwt",
            "mcp:read",
            "mcp:read openid admin",
            "native",
            "web",
            "https://a.example/",
            "${x}",
            "\u202e",
            "",
            " ",
            "\ud800",
            "A client",
            "RSA",
            "AQAB",
            "keys");

    @Test
    void every_generated_body_is_decided() {
        Random random = new Random(SEED);
        int admitted = 0;
        for (int body = 0; body < BODIES; body++) {
            Map<String, Object> members = body(random);
            Decision<Registration> decision = Samples.decide(members);
            if (decision instanceof Decision.Allow<Registration> allow) {
                admitted++;
                assertWithinPolicy(allow.value());
            } else {
                assertThat(Set.of("invalid_redirect_uri", "invalid_client_metadata"))
                        .contains(decision.reason().error());
                assertThat(((Decision.Deny<Registration>) decision).detail()).matches("[\\x20-\\x7e&&[^\"\\\\]]+");
            }
        }
        assertThat(admitted).isGreaterThan(BODIES / 100);
    }

    private static void assertWithinPolicy(Registration registration) {
        assertThat(registration.redirectUris()).isNotEmpty().allSatisfy(uri -> assertThat(uri.stored())
                .matches("http://(localhost|127\\.0\\.0\\.1)/(callback|cb)|https://claude\\.ai/cb|cursor://x/cb"));
        assertThat(registration.grantTypes())
                .contains("authorization_code")
                .isSubsetOf("authorization_code", "refresh_token");
        assertThat(registration.requestedScopes()).isSubsetOf("openid", "mcp:read");
        assertThat(registration.consentRequired()).isTrue();
        assertThat(registration.name().orElse("")).doesNotContain("${", "\u202e", "\u0000", "\ud800");
        assertThat(registration.keys().isEmpty() && registration.authMethod() == AuthMethod.PRIVATE_KEY_JWT)
                .isFalse();
    }

    private static Map<String, Object> body(Random random) {
        Map<String, Object> members = random.nextInt(3) == 0 ? new HashMap<>() : Samples.request();
        IntStream.range(0, random.nextInt(4)).forEach(member -> members.put(pick(random, MEMBERS), value(random, 0)));
        return members;
    }

    private static Object value(Random random, int depth) {
        return switch (random.nextInt(depth > 3 ? 6 : 9)) {
            case 0, 1, 2 -> pick(random, TEXTS);
            case 3 -> random.nextInt();
            case 4 -> random.nextBoolean();
            case 5 -> noise(random);
            case 6 -> null;
            case 7 ->
                IntStream.range(0, random.nextInt(4))
                        .mapToObj(element -> value(random, depth + 1))
                        .collect(java.util.stream.Collectors.toCollection(java.util.ArrayList::new));
            default -> {
                Map<String, Object> members = new HashMap<>();
                IntStream.range(0, random.nextInt(3))
                        .forEach(member -> members.put(pick(random, TEXTS), value(random, depth + 1)));
                yield members;
            }
        };
    }

    private static String noise(Random random) {
        StringBuilder text = new StringBuilder();
        IntStream.range(0, random.nextInt(300)).forEach(at -> text.append((char) random.nextInt(0x10000)));
        return text.toString();
    }

    private static String pick(Random random, List<String> from) {
        return from.get(random.nextInt(from.size()));
    }
}

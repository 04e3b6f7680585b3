package dev.keycloakmcp.registration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.HostileValues;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentPatternTest {

    @ParameterizedTest(name = "{0} and {1}: {2}")
    @CsvSource({
        "https://claude.ai/oauth/client, https://claude.ai/oauth/client, true",
        "https://claude.ai/oauth/client, https://claude.ai/oauth/client/, false",
        "https://claude.ai/oauth/client, https://claude.ai/oauth/client2, false",
        "https://claude.ai/oauth/client, https://claude.ai/oauth/Client, false",
        "https://claude.ai/oauth/client, https://claude.ai:8443/oauth/client, false",
        "https://claude.ai/oauth/client, https://claudexai/oauth/client, false",
        "https://claude.ai/oauth/client, https://evil.example/https://claude.ai/oauth/client, false",
        "https://opencode.ai/oauth/*/client.json, https://opencode.ai/oauth/opencode/client.json, true",
        "https://opencode.ai/oauth/*/client.json, https://opencode.ai/oauth/a%20b/client.json, true",
        "https://opencode.ai/oauth/*/client.json, https://opencode.ai/oauth//client.json, false",
        "https://opencode.ai/oauth/*/client.json, https://opencode.ai/oauth/a/b/client.json, false",
        "https://opencode.ai/oauth/*/client.json, https://opencode.ai/oauth/a/client.json?x=y, false",
        "https://opencode.ai/oauth/*/client.json, https://opencode.ai.evil.example/oauth/a/client.json, false",
        "https://opencode.ai/*, https://opencode.ai/client.json, true",
        "https://opencode.ai/*, https://opencode.ai/, false",
        "https://opencode.ai/*, https://opencode.ai/a/b, false",
        "https://opencode.ai/*, https://opencode.ai/a?b=c, false",
        "https://opencode.ai/*?v=1, https://opencode.ai/a?v=1, true",
        "https://opencode.ai/*?v=1, https://opencode.ai/a, false",
        "https://opencode.ai:8443/*, https://opencode.ai:8443/a, true",
        "https://opencode.ai:8443/*, https://opencode.ai/a, false",
    })
    void matches(String pattern, String url, boolean matches) {
        DocumentPattern read = DocumentPattern.parse(pattern).orElseThrow();
        assertThat(read.matches(DocumentUrl.parse(url).orElseThrow())).isEqualTo(matches);
        assertThat(read).hasToString(pattern);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "*",
                "https://*",
                "https://*/",
                "https://*/client",
                "https://*.example.com/client",
                "https://example.*/client",
                "https://example.com:*/client",
                "https://example.com*",
                "https://*example.com/client",
                "https://*@example.com/client",
                "https://example.com",
                "http://example.com/*",
                "https://example.com/*/*",
                "https://example.com/**",
                "https://example.com/a*",
                "https://example.com/*a",
                "https://example.com/*.json",
                "https://example.com/a?b=*",
                "https://example.com/a?b=/*",
                "https://example.com/a?/*/b",
                "https://example.com/*#x",
                "https://example.com/../*",
                "https://example.com/*/../client",
                "https://example.com:443/*",
                "https://Example.com/*",
                "https://user@example.com/*"
            })
    void refuses(String pattern) {
        assertThat(DocumentPattern.parse(pattern)).isEmpty();
    }

    @Provide
    Arbitrary<String> texts() {
        return HostileValues.texts();
    }

    @Property
    void no_pattern_ever_matches_another_host(@ForAll("texts") String sent) {
        for (String text : new String[] {sent, "https://" + sent, "https://example.com/" + sent, "https://*" + sent}) {
            DocumentPattern.parse(text).ifPresent(pattern -> {
                String authority = text.substring("https://".length()).replaceFirst("/.*", "");
                assertThat(authority).doesNotContain("*");
                String moved = text.replaceFirst("https://[^/]*", "https://evil.example")
                        .replace("*", "x");
                DocumentUrl.parse(moved)
                        .ifPresent(url -> assertThat(pattern.matches(url)).isEqualTo(authority.equals("evil.example")));
            });
        }
    }
}

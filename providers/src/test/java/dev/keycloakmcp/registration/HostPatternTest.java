package dev.keycloakmcp.registration;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPatternTest {

    @ParameterizedTest
    @CsvSource({
        "claude.ai, claude.ai, -1, true",
        "claude.ai, claude.ai, 443, true",
        "claude.ai, claude.ai, 8443, false",
        "Claude.AI, claude.ai, -1, true",
        "claude.ai, www.claude.ai, -1, false",
        "claude.ai, claude.ai.evil.example, -1, false",
        "claude.ai, evilclaude.ai, -1, false",
        "claude.ai, claude-ai, -1, false",
        "*.cursor.com, www.cursor.com, -1, true",
        "*.cursor.com, a.b.cursor.com, -1, true",
        "*.cursor.com, cursor.com, -1, false",
        "*.cursor.com, evilcursor.com, -1, false",
        "*.cursor.com, .cursor.com, -1, false",
        "*.cursor.com, xn--www-1la.cursor.com, -1, false",
        "*.cursor.com, a.xn--www-1la.cursor.com, -1, false",
        "*.xn--bcher-kva.example, shop.xn--bcher-kva.example, -1, true",
        "xn--bcher-kva.example, xn--bcher-kva.example, -1, true",
        "mesh.example.com:8443, mesh.example.com, 8443, true",
        "mesh.example.com:8443, mesh.example.com, -1, false",
        "mesh.example.com:*, mesh.example.com, 1, true",
        "mesh.example.com:*, mesh.example.com, -1, true",
        "*.cursor.com:8443, www.cursor.com, 8443, true",
        "127.0.0.1, 127.0.0.1, -1, true",
        "intranet, intranet, -1, true",
    })
    void matches(String pattern, String host, int port, boolean expected) {
        assertThat(HostPattern.parse(pattern).orElseThrow().matches(host, port)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "*",
                "*.",
                "*.com",
                "*.*.com",
                "a.*.com",
                "*a.com",
                "https://claude.ai",
                "claude.ai/",
                "claude.ai:0",
                "claude.ai:65536",
                "claude.ai:99999",
                "claude.ai:",
                "claude.ai:x",
                "-claude.ai",
                "claude-.ai",
                "claude..ai",
                "claude.ai.",
                ".claude.ai",
                "claude_ai.com",
                "user@claude.ai",
                "[::1]",
            })
    void is_no_pattern(String pattern) {
        assertThat(HostPattern.parse(pattern)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"claude.ai:65535", "claude.ai:1", "a-b.example", " claude.ai "})
    void is_a_pattern(String pattern) {
        assertThat(HostPattern.parse(pattern)).isPresent();
    }
}

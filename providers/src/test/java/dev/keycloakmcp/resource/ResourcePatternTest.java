package dev.keycloakmcp.resource;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResourcePatternTest {

    @ParameterizedTest
    @CsvSource({
        "https://crm.example.com/mcp, https://crm.example.com/mcp, true",
        "https://crm.example.com/mcp/, https://crm.example.com/mcp, true",
        "https://CRM.example.com, https://crm.example.com/, true",
        "https://crm.example.com/mcp, https://crm.example.com/other, false",
        "https://*.example.com/mcp, https://crm.example.com/mcp, true",
        "https://*.example.com/mcp, https://evil.test/crm.example.com/mcp, false",
        "https://*.example.com/**, https://crm.example.com/a/b, true",
        "https://crm.example.com/*, https://crm.example.com/a, true",
        "https://crm.example.com/*, https://crm.example.com/a/b, false",
        "https://crm.example.com/a.c, https://crm.example.com/abc, false",
        "https://crm.example.com/A, https://crm.example.com/a, false",
        "*, https://anything.example.com/x/y, true",
        "' * ', https://anything.example.com, true",
        "http://127.0.0.1:8091/**, http://127.0.0.1:8091/mcp, true",
    })
    void matches_in_canonical_form(String pattern, String uri, boolean expected) {
        assertThat(ResourcePattern.parse(pattern)
                        .orElseThrow()
                        .matches(ResourceIndicator.parse(uri).orElseThrow()))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "crm", "**", "ftp://crm.example.com", "crm.example.com/*", "*://crm.example.com"})
    void refuses_what_is_no_uri_pattern(String pattern) {
        assertThat(ResourcePattern.parse(pattern)).isEmpty();
    }

    @Test
    void a_pattern_without_a_path_is_that_host_alone() {
        ResourcePattern pattern =
                ResourcePattern.parse("https://crm.example.com").orElseThrow();
        assertThat(pattern.matches(new ResourceIndicator("https://crm.example.com")))
                .isTrue();
        assertThat(pattern.matches(new ResourceIndicator("https://crm.example.com/mcp")))
                .isFalse();
    }

    @Test
    void nothing_matches_nothing() {
        assertThat(ResourcePattern.nothing()
                        .matches(
                                ResourceIndicator.parse("https://a.example/mcp").orElseThrow()))
                .isFalse();
    }
}

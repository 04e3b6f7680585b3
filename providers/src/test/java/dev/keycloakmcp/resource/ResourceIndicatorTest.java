package dev.keycloakmcp.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceIndicatorTest {

    @ParameterizedTest
    @CsvSource({
        "https://mcp.example.com, https://mcp.example.com",
        "https://mcp.example.com/, https://mcp.example.com",
        "https://mcp.example.com/mcp, https://mcp.example.com/mcp",
        "https://mcp.example.com/mcp/, https://mcp.example.com/mcp",
        "https://mcp.example.com/mcp//, https://mcp.example.com/mcp/",
        "HTTPS://MCP.Example.COM/Path, https://mcp.example.com/Path",
        "https://mcp.example.com:443/mcp, https://mcp.example.com/mcp",
        "http://mcp.example.com:80, http://mcp.example.com",
        "http://mcp.example.com:443, http://mcp.example.com:443",
        "https://mcp.example.com:80, https://mcp.example.com:80",
        "http://127.0.0.1:8091/mcp, http://127.0.0.1:8091/mcp",
        "http://[::1]:8091/mcp, http://[::1]:8091/mcp",
        "https://mcp.example.com:65535, https://mcp.example.com:65535",
        "https://mcp.example.com/mcp?tenant=a, https://mcp.example.com/mcp?tenant=a",
        "https://mcp.example.com/a%2Fb, https://mcp.example.com/a%2Fb",
    })
    void reads_the_canonical_form(String sent, String canonical) {
        assertThat(ResourceIndicator.parse(sent)).contains(new ResourceIndicator(canonical));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "mcp",
                "/mcp",
                "//mcp.example.com/mcp",
                "mcp.example.com",
                "https://",
                "https:///mcp",
                "https:mcp.example.com",
                "ftp://mcp.example.com",
                "urn:client:crm",
                "javascript:alert(1)",
                "https://mcp.example.com/mcp#tools",
                "https://mcp.example.com/#",
                "https://user@mcp.example.com/mcp",
                "https://user:secret@mcp.example.com/mcp",
                "https://mcp.example.com@evil.example/mcp",
                "https://mcp.example.com:65536/",
                "https://mcp.example.com:port/",
                "https://mcp example.com/",
                "https://mcp.example.com/a b",
                "https://mcp.example.com/\u0000",
                "https://mcp.example.com/\n",
                "https://mcp.example.com\\evil",
                "https://mcp.exämple.com/",
                "https://mcp.example.com/ä",
                "https://mcp.example.com/%zz",
            })
    void refuses_what_is_no_absolute_http_uri(String sent) {
        assertThat(ResourceIndicator.parse(sent)).isEmpty();
    }

    @Test
    void bounds_the_length() {
        String longest = "https://mcp.example.com/" + "a".repeat(ResourceIndicator.MAX_LENGTH - 24);
        assertThat(ResourceIndicator.parse(longest)).isPresent();
        assertThat(ResourceIndicator.parse(longest + "a")).isEmpty();
    }

    @Property
    void never_throws_and_canonical_forms_are_fixed_points(@ForAll String sent) {
        Optional<ResourceIndicator> once = ResourceIndicator.parse(sent);
        once.ifPresent(indicator ->
                assertThat(ResourceIndicator.parse(indicator.canonical() + "/")).contains(indicator));
    }

    @Property
    void case_of_scheme_and_host_and_one_trailing_slash_never_matter(
            @ForAll @AlphaChars @StringLength(min = 1, max = 20) String host,
            @ForAll @AlphaChars @StringLength(max = 20) String path,
            @ForAll @IntRange(min = 1, max = 65535) int port) {
        String uri = "https://" + host + ":" + port + "/" + path;
        Optional<ResourceIndicator> indicator = ResourceIndicator.parse(uri);
        assertThat(indicator).isPresent();
        assertThat(ResourceIndicator.parse("HTTPS://" + host.toUpperCase(Locale.ROOT) + ":" + port + "/" + path))
                .isEqualTo(indicator);
        if (!path.isEmpty()) {
            assertThat(ResourceIndicator.parse(uri + "/")).isEqualTo(indicator);
        }
    }

    @Test
    void a_list_leaves_out_what_cannot_be_read() {
        assertThat(ResourceIndicator.list(null)).isEmpty();
        assertThat(ResourceIndicator.list("  ")).isEmpty();
        assertThat(ResourceIndicator.list("crm")).contains(Set.of());
        assertThat(ResourceIndicator.list(" https://a.example/mcp  crm https://A.example/mcp/ "))
                .contains(Set.of(new ResourceIndicator("https://a.example/mcp")));
    }
}

package dev.keycloakmcp.registration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.HostileValues;
import java.net.URI;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentUrlTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://claude.ai/oauth/mcp-oauth-client-metadata",
                "https://chatgpt.com/oauth/client.json",
                "https://mesh.example.com:8443/clients/gateway.json",
                "https://example.com/",
                "https://example.com//a//b",
                "https://example.com/a?version=2",
                "https://example.com/a%20b",
                "https://example.com/.well-known/client",
                "https://example.com/a..b/..c/d..",
                "https://xn--bcher-kva.example/client",
                "https://localhost:8443/client.json",
                "https://10.0.0.5/client.json",
                "https://1password.com/client",
                "https://0xabc.example/client"
            })
    void takes(String url) {
        DocumentUrl read = DocumentUrl.parse(url).orElseThrow();
        assertThat(read.text()).isEqualTo(url).isEqualTo(read.toString());
        assertThat(read.uri()).hasToString(url);
        assertThat(read.host()).isEqualTo(URI.create(url).getHost());
        assertThat(DocumentUrl.problem(url)).isEmpty();
        assertThat(DocumentUrl.mayBe(url)).isTrue();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiterString = " | ",
            value = {
                "http://example.com/client | has to begin with https://",
                "HTTPS://example.com/client | has to begin with https://",
                "my-client | has to begin with https://",
                "'' | has to begin with https://",
                "' https://example.com/client' | has to begin with https://",
                "https://example.com | has to have a path",
                "https://example.com?a=b | has to have a path",
                "https:///client | has no host",
                "https:// | is not a URI (RFC 3986)",
                "https://under_score.example/client | has no host",
                "https://user@example.com/client | holds user information",
                "https://user:secret@example.com/client | holds user information",
                "https://@example.com/client | holds user information",
                "https://example.com/client#x | holds a wildcard",
                "https://example.com/client# | holds a wildcard",
                "https://example.com/*/client | holds a wildcard",
                "https://example.com/a\\b | holds a wildcard",
                "https://example.com/a b | holds a wildcard",
                "https://example.com/bücher | holds a wildcard",
                "https://example.com/./client | holds a dot segment",
                "https://example.com/a/../client | holds a dot segment",
                "https://example.com/a/.. | holds a dot segment",
                "https://example.com/a/..;x=y/client | holds a dot segment",
                "https://example.com/a/%2e%2e/client | holds an encoded",
                "https://example.com/a/%2E/client | holds an encoded",
                "https://example.com/a%2fb | holds an encoded",
                "https://example.com/a%5Cb | holds an encoded",
                "https://example.com/a%00 | holds an encoded",
                "https://example.com/a%252e | holds an encoded",
                "https://example.com/a%zz | is not a URI (RFC 3986)",
                "https://example.com:443/client | has to name a host in lower case",
                "https://example.com:0443/client | has to name a host in lower case",
                "https://example.com:/client | has to name a host in lower case",
                "https://example.com:0/client | has to name a host in lower case",
                "https://example.com:65536/client | has to name a host in lower case",
                "https://Example.com/client | has to name a host in lower case",
                "https://example.com./client | has to name a host in lower case",
                "https://[::1]/client | has to name a host in lower case",
                "https://[::ffff:127.0.0.1]/client | has to name a host in lower case",
                "https://127.1/client | has no host",
                "https://2130706433/client | has to name a host in lower case",
                "https://0x7f000001/client | has to name a host in lower case",
                "https://0177.0.0.1/client | has to name a host in lower case",
                "https://127.0.0.256/client | has no host",
            })
    void refuses(String url, String problem) {
        assertThat(DocumentUrl.parse(url)).isEmpty();
        assertThat(DocumentUrl.problem(url)).get().asString().startsWith(problem);
    }

    @Test
    void the_longest_is_what_the_column_holds() {
        String longest = "https://example.com/" + "a".repeat(DocumentUrl.MAX_LENGTH - 20);
        assertThat(longest).hasSize(255);
        assertThat(DocumentUrl.parse(longest)).isPresent();
        assertThat(DocumentUrl.problem(longest + "a")).contains("has to have 1 to 255 characters");
    }

    @Test
    void it_is_compared_to_the_letter() {
        DocumentUrl url = DocumentUrl.parse("https://example.com/client").orElseThrow();
        assertThat(url)
                .isEqualTo(DocumentUrl.parse("https://example.com/client").orElseThrow())
                .hasSameHashCodeAs(
                        DocumentUrl.parse("https://example.com/client").orElseThrow())
                .isNotEqualTo(DocumentUrl.parse("https://example.com/client/").orElseThrow())
                .isNotEqualTo(DocumentUrl.parse("https://example.com/Client").orElseThrow())
                .isNotEqualTo(DocumentUrl.parse("https://example.com/client?").orElseThrow())
                .isNotEqualTo("https://example.com/client");
    }

    @Test
    void its_place_is_its_host_and_port_alone() {
        HostPattern place =
                DocumentUrl.parse("https://example.com/client").orElseThrow().place();
        assertThat(place.matches("example.com", -1)).isTrue();
        assertThat(place.matches("example.com", 8443)).isFalse();
        assertThat(place.matches("a.example.com", -1)).isFalse();
        HostPattern other = DocumentUrl.parse("https://example.com:8443/client")
                .orElseThrow()
                .place();
        assertThat(other.matches("example.com", 8443)).isTrue();
        assertThat(other.matches("example.com", -1)).isFalse();
    }

    @Provide
    Arbitrary<String> texts() {
        return HostileValues.texts();
    }

    @Property
    void whatever_is_sent_is_read_in_one_form_or_not_at_all(@ForAll("texts") String sent) {
        for (String text : new String[] {sent, "https://" + sent, "https://example.com" + sent, "https://h/" + sent}) {
            DocumentUrl.parse(text).ifPresent(url -> {
                assertThat(text).matches("https://[a-z0-9.-]+(:[1-9][0-9]{0,4})?/[\\x21-\\x7e]*");
                assertThat(text).doesNotContain("#", "*", "\\").hasSizeLessThanOrEqualTo(255);
                assertThat(url.uri().getPort()).isNotEqualTo(443);
                assertThat(url.uri().getRawUserInfo()).isNull();
                assertThat(url.uri().normalize().getRawPath().replaceAll("/+", "/"))
                        .isEqualTo(url.uri().getRawPath().replaceAll("/+", "/"));
            });
        }
    }
}

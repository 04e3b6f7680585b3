package dev.keycloakmcp.registration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectUriRuleTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "http://localhost:8090/callback, http://localhost/callback, http://localhost:8090",
        "http://localhost/callback, http://localhost/callback, http://localhost",
        "http://127.0.0.1:6276/oauth/callback, http://127.0.0.1/oauth/callback, http://127.0.0.1:6276",
        "http://[::1]:65535/cb, http://[::1]/cb, http://[::1]:65535",
        "http://localhost:1, http://localhost, http://localhost:1",
        "http://localhost:1?a=b, http://localhost?a=b, http://localhost:1",
        "http://localhost:8090/a?b=http://localhost:1/, http://localhost/a?b=http://localhost:1/, http://localhost:8090",
        "https://claude.ai/api/mcp/auth_callback, https://claude.ai/api/mcp/auth_callback, https://claude.ai",
        "https://claude.ai:443/cb, https://claude.ai:443/cb, https://claude.ai",
        "https://www.cursor.com/cb?x=%20y, https://www.cursor.com/cb?x=%20y, https://www.cursor.com",
        "https://mesh.example.com:8443/cb, https://mesh.example.com:8443/cb, https://mesh.example.com:8443",
    })
    void admits(String uri, String stored, String origin) {
        assertThat(Samples.REDIRECTS.decide(uri))
                .isEqualTo(Decision.allow(new RedirectUri(uri, stored, Optional.of(origin))));
        assertThat(RedirectUri.compared(uri)).isEqualTo(stored);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cursor://anysphere.cursor-mcp/oauth/callback",
                "cursor:/oauth",
                "cursor:///oauth",
                "cursor://under_score/oauth",
                "com.example.app:/oauth2redirect"
            })
    void admits_private_use_schemes_unchanged(String uri) {
        assertThat(Samples.REDIRECTS.decide(uri))
                .isEqualTo(Decision.allow(new RedirectUri(uri, uri, Optional.empty())));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvFileSource(
            resources = "hostile-redirect-uris.csv",
            delimiterString = " | ",
            ignoreLeadingAndTrailingWhitespace = false)
    void refuses(String name, String uri, String reason) {
        assertThat(Samples.REDIRECTS.decide(unescaped(uri)))
                .as(name)
                .asInstanceOf(type(Decision.Deny.class))
                .satisfies(deny -> assertThat(deny.reason().code()).isEqualTo(reason.trim()))
                .satisfies(deny -> assertThat(deny.reason().error()).isEqualTo("invalid_redirect_uri"))
                .satisfies(deny -> assertThat(deny.detail()).matches("[\\x20-\\x7e&&[^\"\\\\]]+"));
    }

    /** Java escapes of characters that a text file may not keep. */
    private static String unescaped(String uri) {
        return uri.translateEscapes()
                .replace("<bidi>", "\u202e")
                .replace("<cyrillic-a>", "\u0430")
                .replace("<zero-width>", "\u200b")
                .replace("<fullwidth-slash>", "\uff0f")
                .replace("<ideographic-stop>", "\u3002");
    }

    @Test
    void is_bounded() {
        String longest = "http://localhost/" + "a".repeat(RedirectUriRule.MAX_LENGTH - 17);
        assertThat(Samples.REDIRECTS.decide(longest)).isInstanceOf(Decision.Allow.class);
        assertThat(Samples.REDIRECTS.decide(longest + "a")).isInstanceOf(Decision.Deny.class);
        assertThat(Samples.REDIRECTS.decide("")).isInstanceOf(Decision.Deny.class);
    }

    @Test
    void says_which_switch_is_off() {
        RedirectUriRule none = new RedirectUriRule(false, List.of(), Set.of());
        assertThat(none.decide("http://localhost/cb"))
                .isEqualTo(Decision.deny(
                        ReasonCode.REDIRECT_LOOPBACK_NOT_ALLOWED,
                        "redirect URI 'http://localhost/cb': loopback redirects are switched off"
                                + " (loopback-redirects)"));
        assertThat(none.decide("https://claude.ai/cb"))
                .isEqualTo(Decision.deny(
                        ReasonCode.REDIRECT_HOST_NOT_ALLOWED,
                        "redirect URI 'https://claude.ai/cb': the host is not allowed (https-redirect-hosts)"));
        assertThat(none.decide("cursor:/cb"))
                .isEqualTo(Decision.deny(
                        ReasonCode.REDIRECT_SCHEME_NOT_ALLOWED,
                        "redirect URI 'cursor:/cb': the scheme 'cursor' is not allowed (private-use-schemes)"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"javascript", "data", "file", "http", "https", "urn", "blob", "mailto", "Cursor", "1a", "a b", ""
            })
    void never_is_a_private_use_scheme(String scheme) {
        assertThat(RedirectUriRule.isPrivateUseScheme(scheme)).isFalse();
        RedirectUriRule careless = new RedirectUriRule(true, List.of(), Set.of(scheme));
        assertThat(careless.decide(scheme + "://x/y")).isInstanceOf(Decision.Deny.class);
    }

    @Property(tries = 20_000)
    void whatever_is_admitted_is_on_the_list(@ForAll("uris") String uri) {
        if (Samples.REDIRECTS.decide(uri) instanceof Decision.Allow<RedirectUri> allow) {
            assertThat(uri)
                    .matches("http://(localhost|127\\.0\\.0\\.1|\\[::1])(:[0-9]+)?([/?].*)?"
                            + "|https://(claude\\.ai(:443)?|[a-z0-9.-]+\\.cursor\\.com(:443)?|(mesh|ports)\\.example\\.com:8443)([/?].*)?"
                            + "|cursor:/.*|com\\.example\\.app:/.*")
                    .doesNotContain("*", "#", "\\", "/../", "/./")
                    .doesNotMatch("[a-z.]+://[^/?]*@.*");
            assertThat(RedirectUri.compared(allow.value().stored()))
                    .isEqualTo(allow.value().stored());
        }
    }

    @Provide
    Arbitrary<String> uris() {
        Arbitrary<String> scheme =
                Arbitraries.of("http", "https", "cursor", "HTTP", "javascript", "", "data", "com.example.app");
        Arbitrary<String> separator = Arbitraries.of("://", ":", ":/", ":///", ":\\\\", "");
        Arbitrary<String> host = Arbitraries.of(
                "localhost",
                "127.0.0.1",
                "[::1]",
                "claude.ai",
                "www.cursor.com",
                "evil.example",
                "claude.ai.evil.example",
                "mesh.example.com",
                "LOCALHOST",
                "127.1",
                "localhost.",
                "xn--a.cursor.com",
                "");
        Arbitrary<String> glue =
                Arbitraries.of("", "", ":8443", ":443", ":", ":0", "@", "@claude.ai", "\\@claude.ai", ":99999");
        Arbitrary<String> path = Arbitraries.of(
                "", "/", "/cb", "/a/../b", "/%2e%2e/", "/*", "//", "?x=y", "#f", "?code=1", "/%00", "/\u202e");
        Arbitrary<String> noise = Arbitraries.strings().ofMaxLength(4);
        return Combinators.combine(
                        scheme,
                        separator,
                        host,
                        glue,
                        path,
                        Arbitraries.frequencyOf(
                                net.jqwik.api.Tuple.of(6, Arbitraries.just("")), net.jqwik.api.Tuple.of(1, noise)))
                .as((s, p, h, g, t, n) -> s + p + h + g + t + n);
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost/cb, http://localhost:6274, true",
        "http://localhost/cb, http://localhost, true",
        "http://127.0.0.1, http://127.0.0.1:1, true",
        "http://[::1]/cb, http://[::1]:8080, true",
        "http://localhost/cb, http://127.0.0.1:6274, false",
        "http://localhost/cb, https://localhost:6274, false",
        "http://localhost/cb, http://localhost.evil.example, false",
        "http://localhost/cb, http://localhost:6274/, false",
        "http://localhost/cb, null, false",
        "http://localhost.evil.example/cb, http://localhost:6274, false",
        "https://claude.ai/cb, http://localhost:6274, false",
        "https://claude.ai/cb, https://claude.ai, false",
        "https://abcdefghijklmnopabcdefghijklmnop.chromiumapp.org/cb, chrome-extension://abcdefghijklmnopabcdefghijklmnop, true",
        "https://abcdefghijklmnopabcdefghijklmnop.chromiumapp.org, chrome-extension://abcdefghijklmnopabcdefghijklmnop, true",
        "https://abcdefghijklmnopabcdefghijklmnop.chromiumapp.org/cb, chrome-extension://bbcdefghijklmnopabcdefghijklmnop, false",
        "https://abcdefghijklmnopabcdefghijklmnop.chromiumapp.org.evil.example/cb, chrome-extension://abcdefghijklmnopabcdefghijklmnop, false",
        "https://abcdefghijklmnopabcdefghijklmnop.chromiumapp.org:8443/cb, chrome-extension://abcdefghijklmnopabcdefghijklmnop, false",
        "https://x.abcdefghijklmnopabcdefghijklmnop.chromiumapp.org/cb, chrome-extension://abcdefghijklmnopabcdefghijklmnop, false",
        "https://chromiumapp.org/cb, chrome-extension://abcdefghijklmnopabcdefghijklmnop, false"
    })
    void pages_of_this_computer_call_from_any_port_and_extensions_from_their_own_origin(
            String stored, String origin, boolean expected) {
        assertThat(RedirectUri.isOriginOf(stored, origin)).isEqualTo(expected);
    }
}

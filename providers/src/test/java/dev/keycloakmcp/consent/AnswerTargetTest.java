package dev.keycloakmcp.consent;

import static dev.keycloakmcp.consent.AnswerTarget.Kind.INSECURE_SITE;
import static dev.keycloakmcp.consent.AnswerTarget.Kind.LOOPBACK;
import static dev.keycloakmcp.consent.AnswerTarget.Kind.PRIVATE_USE;
import static dev.keycloakmcp.consent.AnswerTarget.Kind.SITE;
import static dev.keycloakmcp.consent.AnswerTarget.Kind.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTargetTest {

    /** The last two labels. */
    private static String domain(String host) {
        int last = host.lastIndexOf('.');
        int second = host.lastIndexOf('.', last - 1);
        return second < 0 ? host : host.substring(second + 1);
    }

    private static AnswerTarget of(String uri) {
        return AnswerTarget.of(uri, AnswerTargetTest::domain);
    }

    @ParameterizedTest
    @CsvSource({
        "https://claude.ai/api/callback, SITE, '', claude.ai, https://claude.ai",
        "https://CLAUDE.ai:443, SITE, '', claude.ai, https://claude.ai",
        "https://claude.ai:8443/x, SITE, '', claude.ai:8443, https://claude.ai:8443",
        "https://accounts.google.com.evil.example/x, SITE, accounts.google.com., evil.example,"
                + " https://accounts.google.com.evil.example",
        "https://google.com@evil.example/, SITE, '', evil.example, https://evil.example",
        "https://google.com:x@evil.example:444/, SITE, '', evil.example:444, https://evil.example:444",
        "http://app.example.com/, INSECURE_SITE, app., example.com, http://app.example.com",
        "http://example.com:80/, INSECURE_SITE, '', example.com, http://example.com",
        "http://example.com:443/, INSECURE_SITE, '', example.com:443, http://example.com:443",
        "https://a_b.example.com/, SITE, a_b., example.com, https://a_b.example.com",
        "https://example.com:/x, SITE, '', example.com, https://example.com",
        "http://localhost:1234/callback, LOOPBACK, '', localhost, loopback",
        "http://127.0.0.1/callback, LOOPBACK, '', 127.0.0.1, loopback",
        "http://[::1]:99/callback, LOOPBACK, '', [::1], loopback",
        "https://localhost/callback, LOOPBACK, '', localhost, loopback",
        "https://[2001:db8::1]:8443/, SITE, '', [2001:db8::1]:8443, https://[2001:db8::1]:8443",
        "cursor://anysphere.cursor/callback, PRIVATE_USE, '', cursor, scheme:cursor",
        "COM.Example.App:/callback, PRIVATE_USE, '', com.example.app, scheme:com.example.app",
    })
    void targets_are_read(String uri, AnswerTarget.Kind kind, String before, String site, String key) {
        assertThat(of(uri)).isEqualTo(new AnswerTarget(kind, before, site, Optional.empty(), key));
        assertThat(kind).isIn(SITE, INSECURE_SITE, LOOPBACK, PRIVATE_USE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/relative", "https:///path", "https:opaque", "not a uri", "https://x:99999999999/"})
    void what_cannot_be_read_is_unknown(String uri) {
        assertThat(of(uri).kind()).isEqualTo(UNKNOWN);
        assertThat(of(uri).site()).isEqualTo(uri);
        assertThat(of(uri).key()).isEqualTo("unknown:" + uri);
    }

    @Test
    void none_is_unknown_as_well() {
        assertThat(AnswerTarget.of(null, AnswerTargetTest::domain).kind()).isEqualTo(UNKNOWN);
    }

    @Test
    void other_alphabets_are_shown_in_ascii_and_in_their_own_letters() {
        AnswerTarget apple = of("https://www.xn--80ak6aa92e.com/callback");
        assertThat(apple.before() + apple.site()).isEqualTo("www.xn--80ak6aa92e.com");
        assertThat(apple.international()).contains("www.аррӏе.com");
        assertThat(of("https://xn--80ak6aa92e.com/").international()).contains("аррӏе.com");
        assertThat(of("https://аррӏе.com/").site()).isEqualTo("xn--80ak6aa92e.com");
        assertThat(of("https://maxn--x.example/").international()).isEmpty();
        assertThat(of("https://xn--80ak6aa92e.example.com/").international()).contains("аррӏе.example.com");
    }

    @Test
    void the_registered_domain_stays_whole_in_its_own_letters_however_long_the_host_is() {
        String before = "accounts.google.com.".repeat(5);
        assertThat(of("https://" + before + "xn--80ak6aa92e.com/").international())
                .contains("accounts.google.com.acco…com.accounts.google.com.аррӏе.com");
    }

    @Test
    void long_subdomains_are_cut_in_the_middle_and_the_registered_domain_never_goes() {
        String before = "accounts.google.com.secure.login.";
        String exact = "a".repeat(AnswerTarget.MOST_BEFORE - 1) + ".";
        assertThat(of("https://" + exact + "evil.example/").before()).isEqualTo(exact);
        AnswerTarget cut = of("https://" + before + "b".repeat(60) + ".evil.example/");
        assertThat(cut.site()).isEqualTo("evil.example");
        assertThat(cut.before()).isEqualTo("accounts.google.com.secu…" + "b".repeat(23) + ".");
    }

    @Test
    void a_long_domain_shows_its_end() {
        String exact = ("x".repeat(39) + ".").repeat(2).substring(0, 79) + "y";
        assertThat(AnswerTarget.of("https://" + exact + "/", host -> host).site())
                .isEqualTo(exact);
        assertThat(AnswerTarget.of("https://z" + exact + "/", host -> host).site())
                .isEqualTo("…" + exact);
    }

    @Test
    void a_domain_that_is_no_part_of_the_host_is_not_believed() {
        assertThat(AnswerTarget.of("https://evil.example/", host -> "google.com")
                        .site())
                .isEqualTo("evil.example");
        assertThat(AnswerTarget.of("https://evilgoogle.com/", host -> "google.com")
                        .site())
                .isEqualTo("evilgoogle.com");
    }

    @Property
    void whatever_comes_is_shown_within_bounds(@ForAll String uri) {
        AnswerTarget target = of(uri);
        assertThat(target.before().length()).isLessThanOrEqualTo(AnswerTarget.MOST_BEFORE + 1);
        assertThat(target.site().codePointCount(0, target.site().length())).isLessThanOrEqualTo(90);
    }
}

package dev.keycloakmcp.itest.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the audit page is without a browser: which files, in which realms, under which headers. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditPageHttpIT {

    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
            + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
            + " require-trusted-types-for 'script'; trusted-types 'none'";

    private final HttpClient http = HttpClient.newHttpClient();
    private AuditRealm audited;
    private TestRealm realm;

    @BeforeAll
    void start(KeycloakServer server) {
        audited = AuditRealm.create(server, List.of(), AuditConsole::addTo);
        realm = audited;
    }

    @AfterAll
    void stop() {
        audited.close();
    }

    private HttpResponse<String> get(URI uri, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private URI file(String path) {
        return URI.create(AuditConsole.page(realm) + path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "page.js", "page.css", "icon.svg", "messages_de.json", "d3/d3-sankey/d3-sankey.min.js", "no"
            })
    @Tries({"RFC9700-4.16", "RFC9700-4.2"})
    void every_answer_has_the_strict_headers(String path) {
        HttpResponse<String> answer = get(file(path));
        if (path.equals("no")) {
            assertThat(answer.statusCode()).isEqualTo(404);
            return;
        }
        assertThat(answer.statusCode()).isEqualTo(200);
        Map<String, List<String>> headers = answer.headers().map();
        assertThat(headers.get("content-security-policy")).containsExactly(POLICY);
        assertThat(headers.get("x-frame-options")).containsExactly("DENY");
        assertThat(headers.get("x-content-type-options")).containsExactly("nosniff");
        assertThat(headers.get("referrer-policy")).containsExactly("no-referrer");
        assertThat(headers.get("cross-origin-opener-policy")).containsExactly("same-origin");
        assertThat(headers.get("cross-origin-resource-policy")).containsExactly("same-origin");
        assertThat(headers.get("strict-transport-security")).hasSize(1);
        assertThat(headers.get("cache-control")).containsExactly("no-cache");
        assertThat(headers).doesNotContainKey("set-cookie");
    }

    @Test
    @Tries("RFC9700-4.16")
    void the_headers_of_the_realm_do_not_weaken_it() {
        realm.settings(representation -> representation
                .getBrowserSecurityHeaders()
                .putAll(Map.of(
                        "contentSecurityPolicy", "frame-ancestors *",
                        "xFrameOptions", "",
                        "referrerPolicy", "unsafe-url")));
        Map<String, List<String>> headers = get(file("")).headers().map();
        assertThat(headers.get("content-security-policy")).containsExactly(POLICY);
        assertThat(headers.get("x-frame-options")).containsExactly("DENY");
        assertThat(headers.get("referrer-policy")).containsExactly("no-referrer");
    }

    @Test
    void a_file_that_did_not_change_is_not_sent_again() {
        HttpResponse<String> first = get(file("page.js"));
        String tag = first.headers().firstValue("ETag").orElseThrow();
        HttpResponse<String> second = get(file("page.js"), "If-None-Match", tag);
        assertThat(second.statusCode()).isEqualTo(304);
        assertThat(second.body()).isEmpty();
        assertThat(second.headers().firstValue("Content-Security-Policy")).contains(POLICY);
        assertThat(get(file("page.js"), "If-None-Match", "\"other\"").statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "index.html, 404",
        "..%2f..%2fMETA-INF/beans.xml, 404",
        "../mcp-audit-page/page.js, 400",
        "%2e%2e/page.js, 400",
        "d3/d3-array/LICENSE, 404",
        "page.js%00, 404",
        "PAGE.JS, 404",
        "dev/keycloakmcp/audit/PageFile.class, 404",
    })
    @Tries("LLM02")
    void nothing_else_is_served(String path, int status) {
        assertThat(get(file(path)).statusCode()).isEqualTo(status);
    }

    @Test
    void a_realm_without_the_listener_has_no_such_page(KeycloakServer server) {
        try (TestRealm other = TestRealm.create(server, "no-audit")) {
            HttpResponse<String> answer = get(AuditConsole.page(other));
            HttpResponse<String> nothing = get(URI.create(other.issuer() + "/no-such-thing/"));
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.body()).isEqualTo(nothing.body());
            assertThat(get(URI.create(AuditConsole.page(other) + "page.js")).statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    @Tries("ASI09")
    void names_of_the_realm_are_text() {
        realm.settings(
                representation -> representation.setDisplayName("\"><script src=//evil.example></script>{{admin}}"));
        assertThat(get(file("")).body())
                .contains("&quot;&gt;&lt;script src=//evil.example&gt;&lt;/script&gt;{{admin}}")
                .doesNotContain("<script src=//evil");
        realm.settings(representation -> representation.setDisplayName(""));
    }

    @Test
    void a_realm_without_the_client_says_so(KeycloakServer server) {
        assertThat(get(file("")).body()).contains("data-sign-in=\"ready\"");
        try (AuditRealm without = AuditRealm.create(server, List.of())) {
            assertThat(get(AuditConsole.page(without)).body()).contains("data-sign-in=\"no-client\"");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"https://evil.example/", "https://evil.example/realms/%s/mcp-audit/", "%s../account/", "%s?x=1"})
    @Tries({"RFC9700-2.1", "RFC9700-4.11.2"})
    void sign_in_comes_back_to_the_page_only(String redirect) {
        String uri = redirect.startsWith("https")
                ? redirect.formatted(realm.name())
                : redirect.formatted(AuditConsole.page(realm));
        Browser.Page answer = new Browser()
                .open(URI.create(realm.issuer() + "/protocol/openid-connect/auth?"
                        + Form.of("client_id", AuditConsole.CLIENT_ID)
                                .with("response_type", "code")
                                .with("scope", "openid")
                                .with("redirect_uri", uri)
                                .with("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
                                .with("code_challenge_method", "S256")
                                .encoded()));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.left()).isFalse();
    }

    @Test
    @Tries({"RFC9700-2.1.1", "RFC9700-4.8"})
    void sign_in_without_proof_of_possession_is_refused() {
        Browser.Page answer = new Browser()
                .open(URI.create(realm.issuer() + "/protocol/openid-connect/auth?"
                        + Form.of("client_id", AuditConsole.CLIENT_ID)
                                .with("response_type", "code")
                                .with("scope", "openid")
                                .with("redirect_uri", AuditConsole.page(realm).toString())
                                .encoded()));
        assertThat(answer.document().selectFirst("#kc-form-login")).isNull();
    }
}

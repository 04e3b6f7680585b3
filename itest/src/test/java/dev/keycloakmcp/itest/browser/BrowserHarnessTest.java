package dev.keycloakmcp.itest.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** That the browser sees what is wrong with a page, so that tests which find nothing mean something. */
@BrowserTest
class BrowserHarnessTest {

    private HttpServer server;
    private URI page;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        page = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/page");
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void serve(String html, String policy) {
        server.createContext("/page", exchange -> {
            byte[] body =
                    ("<!doctype html><html lang=en><meta name=viewport content='width=device-width'><title>t</title>"
                                    + html)
                            .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "text/html; charset=utf-8");
            exchange.getResponseHeaders().add("Content-Security-Policy", policy);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    @Test
    void a_page_is_read_and_used(Browser browser) throws IOException {
        serve(
                "<main><h1>Form</h1><label>Name <input id=n></label><button id=b>Go</button><p id=p hidden>x</p>"
                        + "<script>b.onclick=()=>{p.textContent='Hello '+n.value;p.hidden=false}</script></main>",
                "default-src 'self' 'unsafe-inline'");
        browser.open(page);
        assertThat(browser.shows("#p")).isFalse();
        browser.type("#n", "Ümit");
        browser.press("Tab");
        browser.press("Enter");
        assertThat(browser.text("#p")).isEqualTo("Hello Ümit");
        browser.click("#b");
        assertThat(browser.texts("button, p")).containsExactly("Go", "Hello Ümit");
        assertThat(Files.size(browser.screenshot("harness"))).isPositive();
        assertThat(browser.address()).isEqualTo(page);
        assertThat(browser.sent()).extracting(Browser.Sent::uri).contains(page);
        assertThat(browser.accessibilityProblems()).isEmpty();
    }

    @Test
    void violations_and_errors_are_seen(Browser browser) {
        serve("<script>alert(1)</script><script src=/none.js></script>", "default-src 'self'");
        browser.open(page);
        assertThat(browser.complaints())
                .anyMatch(line -> line.contains("Content Security Policy"))
                .anyMatch(line -> line.contains("404"));
        browser.evaluate("Promise.reject(new Error('nobody listens')), 0");
        browser.evaluate("new Promise(settled => setTimeout(settled, 0))");
        assertThat(browser.complaints()).anyMatch(line -> line.contains("nobody listens"));
    }

    @Test
    void what_is_hard_to_read_or_too_wide_is_seen(Browser browser) {
        serve(
                "<main><h1>x</h1><p style='color:#ccc;background:#fff;width:900px'>faint</p><img src=''></main>",
                "default-src 'self' 'unsafe-inline'");
        browser.phone();
        browser.open(page);
        assertThat(browser.accessibilityProblems())
                .anyMatch(line -> line.startsWith("color-contrast"))
                .anyMatch(line -> line.startsWith("image-alt"));
        assertThat(browser.overflow()).isPositive();
        browser.dark(true);
        assertThat(browser.evaluate("matchMedia('(prefers-color-scheme: dark)').matches"))
                .isEqualTo(true);
        assertThatThrownBy(() -> browser.evaluate("nothing.there")).isInstanceOf(IllegalStateException.class);
    }
}

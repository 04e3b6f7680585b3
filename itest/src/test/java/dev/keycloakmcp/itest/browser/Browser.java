package dev.keycloakmcp.itest.browser;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.ruiyun.jvppeteer.api.core.BrowserContext;
import com.ruiyun.jvppeteer.api.core.CDPSession;
import com.ruiyun.jvppeteer.api.core.Page;
import com.ruiyun.jvppeteer.api.core.Request;
import com.ruiyun.jvppeteer.api.events.ConnectionEvents;
import com.ruiyun.jvppeteer.api.events.PageEvents;
import com.ruiyun.jvppeteer.cdp.entities.ConsoleMessage;
import com.ruiyun.jvppeteer.cdp.entities.ConsoleMessageType;
import com.ruiyun.jvppeteer.cdp.entities.HeaderEntry;
import com.ruiyun.jvppeteer.cdp.entities.MediaFeature;
import com.ruiyun.jvppeteer.cdp.entities.Viewport;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/**
 * A tab of Chromium with cookies and storage of its own. Selectors are CSS. What acts on an element waits for it,
 * {@value #PATIENCE_SECONDS} seconds at most.
 */
public final class Browser implements AutoCloseable {

    static final int PATIENCE_SECONDS = 15;

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path PICTURES = Path.of("target", "screenshots");
    private static final String ACCESSIBILITY_RULES =
            "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']";

    private final BrowserContext profile;
    private final Page page;
    private final CDPSession protocol;
    private final List<String> complaints = new CopyOnWriteArrayList<>();
    private final List<Sent> sent = new CopyOnWriteArrayList<>();

    /** A request that the page made; {@code referrer} is empty where it sent none. */
    public record Sent(String method, URI uri, String referrer) {}

    Browser(BrowserContext profile) {
        this.profile = profile;
        this.page = profile.newPage();
        this.protocol = page.createCDPSession();
        page.on(PageEvents.Console, (ConsoleMessage message) -> {
            if (message.type() == ConsoleMessageType.error || message.type() == ConsoleMessageType.warn) {
                complaints.add(message.type() + ": " + message.text());
            }
        });
        page.on(PageEvents.PageError, (Throwable error) -> complaints.add("uncaught: " + error.getMessage()));
        page.on(
                PageEvents.Request,
                (Request request) ->
                        sent.add(new Sent(request.method(), URI.create(request.url()), header(request, "referer"))));
        // Violations of the content security policy are reported as log entries, not on the console.
        protocol.on(ConnectionEvents.Log_entryAdded, (Object entry) -> {
            JsonNode logged = JSON.valueToTree(entry).path("entry");
            if ("security".equals(logged.path("source").asText())) {
                complaints.add("security: " + logged.path("text").asText());
            }
        });
        protocol.send("Log.enable");
        desktop();
    }

    /** A large screen. */
    public void desktop() {
        view(new Viewport(1280, 800));
    }

    /** A phone, upright, at twice the pixels. */
    public void phone() {
        view(new Viewport(390, 844, 2.0, true, true, false));
    }

    /** A screen of this size, in CSS pixels. */
    public void screen(int width, int height) {
        view(new Viewport(width, height));
    }

    private void view(Viewport viewport) {
        unchecked(() -> {
            page.setViewport(viewport);
            return viewport;
        });
    }

    /** What the person prefers; light is Chromium's default. */
    public void dark(boolean dark) {
        page.emulateMediaFeatures(List.of(new MediaFeature("prefers-color-scheme", dark ? "dark" : "light")));
    }

    /** The languages the browser asks for, as in {@code de-DE,de}. */
    public void languages(String acceptLanguage) {
        ask(
                "Emulation.setUserAgentOverride",
                Map.of(
                        "userAgent",
                        Objects.requireNonNull(evaluate("navigator.userAgent")),
                        "acceptLanguage",
                        acceptLanguage));
    }

    /** Goes there and waits for the document to load. */
    public void open(URI uri) {
        unchecked(() -> page.goTo(uri.toString()));
    }

    public URI address() {
        return URI.create(String.valueOf(evaluate("location.href")));
    }

    /**
     * The value of an expression, which may be a promise, as JSON.
     *
     * @throws IllegalStateException if it throws
     */
    public Object evaluate(String expression) {
        JsonNode answer = ask(
                "Runtime.evaluate",
                Map.of("expression", expression, "awaitPromise", true, "returnByValue", true, "userGesture", true));
        if (answer.has("exceptionDetails")) {
            throw new IllegalStateException(answer.get("exceptionDetails").toString());
        }
        return JSON.convertValue(answer.path("result").path("value"), Object.class);
    }

    /**
     * Waits until an expression is true. An expression that throws counts as not true yet.
     *
     * @throws AssertionError if that takes too long
     */
    public void await(String expression) {
        long deadline = System.nanoTime() + Duration.ofSeconds(PATIENCE_SECONDS).toNanos();
        while (true) {
            try {
                if (Boolean.TRUE.equals(evaluate("!!(" + expression + ")"))) {
                    return;
                }
            } catch (RuntimeException e) {
                // The page is on its way to another one.
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("Not within " + PATIENCE_SECONDS + " s: " + expression);
            }
            LockSupport.parkNanos(Duration.ofMillis(40).toNanos());
        }
    }

    /** Waits until an element is there and shown. */
    public void awaitShown(String selector) {
        await(element(selector) + "?.checkVisibility()");
    }

    public boolean shows(String selector) {
        return Boolean.TRUE.equals(evaluate("!!" + element(selector) + "?.checkVisibility()"));
    }

    /** The text of an element as a person sees it. */
    public String text(String selector) {
        awaitShown(selector);
        return String.valueOf(evaluate(element(selector) + ".innerText"));
    }

    /** The texts of all elements that match, in order; empty where nothing does. */
    public List<String> texts(String selector) {
        List<String> texts = new ArrayList<>();
        if (evaluate("[...document.querySelectorAll(" + quoted(selector) + ")].map(e => e.innerText)")
                instanceof List<?> found) {
            found.forEach(text -> texts.add(String.valueOf(text)));
        }
        return texts;
    }

    /** Clicks in the middle of an element, as a mouse does. */
    public void click(String selector) {
        awaitShown(selector);
        unchecked(() -> {
            page.click(selector);
            return selector;
        });
    }

    /** Replaces what a field holds by typing. */
    public void type(String selector, String text) {
        awaitShown(selector);
        evaluate(element(selector) + ".focus(), " + element(selector) + ".select?.()");
        unchecked(() -> {
            page.keyboard().sendCharacter(text);
            return text;
        });
    }

    /** Presses a key, as in {@code Tab}, {@code Enter}, {@code ArrowRight}. */
    public void press(String key) {
        page.keyboard().press(key);
    }

    /** Signs in at Keycloak's login page. */
    public void signIn(String username, String password) {
        type("#username", username);
        type("#password", password);
        click("#kc-login");
    }

    /** What was written as a warning or error: by scripts, by the browser, by a violated security policy. */
    public List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** The requests so far, oldest first. */
    public List<Sent> sent() {
        return List.copyOf(sent);
    }

    /**
     * What the axe engine has against the page by WCAG 2.2 level A and AA and good practice, one line for each
     * rule and element.
     */
    public List<String> accessibilityProblems() {
        return accessibilityProblems("true");
    }

    /** Of {@link #accessibilityProblems()} those that axe calls serious or critical. */
    public List<String> seriousAccessibilityProblems() {
        return accessibilityProblems("v.impact === 'serious' || v.impact === 'critical'");
    }

    private List<String> accessibilityProblems(String condition) {
        if (!Boolean.TRUE.equals(evaluate("typeof axe === 'object'"))) {
            evaluate(axe() + ";0");
        }
        Object found = evaluate("axe.run(document, {runOnly: " + ACCESSIBILITY_RULES + ", resultTypes: ['violations']})"
                + ".then(r => r.violations.filter(v => " + condition + ").flatMap(v => v.nodes.map(n => v.id + ': '"
                + " + n.target.join(' ') + ' ' + n.failureSummary.replaceAll('\\n', ' '))))");
        return found instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of("axe did not answer: " + found);
    }

    /** Turns the scripts of pages that are opened from now on off or on. */
    public void scripts(boolean on) {
        ask("Emulation.setScriptExecutionDisabled", Map.of("value", !on));
    }

    /** By how many CSS pixels the page is wider than the screen; 0 is right. */
    public int overflow() {
        return ((Number) evaluate(
                        "Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)"))
                .intValue();
    }

    /** A picture of the screen as PNG, in {@code target/screenshots}. */
    public Path screenshot(String name) {
        return write(name, ask("Page.captureScreenshot", Map.of("format", "png")));
    }

    /** A picture of the whole page, also of what does not fit on the screen. */
    public Path picture(String name) {
        Object height = evaluate("Math.ceil(document.body.getBoundingClientRect().height)");
        Object width = evaluate("document.documentElement.clientWidth");
        return write(
                name,
                ask(
                        "Page.captureScreenshot",
                        Map.of(
                                "format",
                                "png",
                                "captureBeyondViewport",
                                true,
                                "clip",
                                Map.of("x", 0, "y", 0, "width", width, "height", height, "scale", 1))));
    }

    private static Path write(String name, JsonNode picture) {
        try {
            Path file = Files.createDirectories(PICTURES).resolve(name + ".png");
            return Files.write(
                    file, Base64.getDecoder().decode(picture.required("data").asText()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode ask(String method, Map<String, ?> parameters) {
        // The library adds to what it is given.
        return protocol.send(method, new HashMap<>(parameters));
    }

    Path failure(String name) {
        return screenshot("failed-" + name.replaceAll("[^A-Za-z0-9._-]", ""));
    }

    @Override
    public void close() {
        profile.close();
    }

    private static String element(String selector) {
        return "document.querySelector(" + quoted(selector) + ")";
    }

    private static String quoted(String text) {
        return unchecked(() -> JSON.writeValueAsString(text));
    }

    private static String header(Request request, String name) {
        return request.headers().stream()
                .filter(header -> header.getName().equalsIgnoreCase(name))
                .map(HeaderEntry::getValue)
                .findFirst()
                .orElse("");
    }

    private static String axe() {
        try (InputStream script = Browser.class.getResourceAsStream("/axe.min.js")) {
            return new String(Objects.requireNonNull(script, "axe").readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private interface Call<T> {
        T run() throws JsonProcessingException, InterruptedException, java.util.concurrent.ExecutionException;
    }

    private static <T> T unchecked(Call<T> call) {
        try {
            return call.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (JsonProcessingException | java.util.concurrent.ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}

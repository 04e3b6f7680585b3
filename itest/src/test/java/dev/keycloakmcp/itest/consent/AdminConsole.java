package dev.keycloakmcp.itest.consent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.browser.Browser;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** Keycloak's Admin Console in a browser, at one realm. */
final class AdminConsole {

    private static final int WIDTH = 1280;
    private static final String LABELS = "main .pf-v5-c-form__label-text";
    private static final String ALERTS = ".pf-v5-c-alert-group .pf-v5-c-alert";

    private final Browser browser;
    private final TestRealm realm;
    private boolean signedIn;

    AdminConsole(Browser browser, TestRealm realm) {
        this.browser = browser;
        this.realm = realm;
        browser.screen(WIDTH, 1000);
    }

    /** Goes to a page of the realm, as in {@code /client-scopes}. */
    void open(String route) {
        openAt("/" + realm.name() + route);
    }

    /** Goes to a page of any realm. */
    void openAt(String route) {
        if (signedIn) {
            browser.evaluate("location.hash = '" + route + "', 0");
            return;
        }
        browser.open(URI.create(realm.server().baseUri() + "/admin/master/console/#" + route));
        browser.await("document.querySelector('#username') || document.querySelector('[data-testid]')");
        if (browser.shows("#username")) {
            browser.signIn(realm.server().adminUsername(), realm.server().adminPassword());
        }
        browser.await("document.querySelector('main')");
        signedIn = true;
    }

    static String field(String testId) {
        return "[data-testid='" + testId + "']";
    }

    void click(String selector) {
        browser.click(selector);
    }

    void clickTest(String testId) {
        browser.click(field(testId));
    }

    /** Clicks on what a person finds by its text. */
    void clickText(String within, String text) {
        // In one step, since the page may draw its elements anew in between.
        browser.await("(() => { const found = [...document.querySelectorAll(\"" + within + "\")].find(e =>"
                + " e.innerText.split('\\n')[0].trim() === '" + text + "' && e.checkVisibility());"
                + " found?.click(); return found })()");
    }

    /** Picks from a list that a button opens. */
    void pick(String button, String option) {
        browser.click(button);
        clickText("[role=option]", option);
    }

    /** Forms are filled in anew when what is stored arrives, so type until it stays. */
    void fill(String testId, String text) {
        String element = "document.querySelector(\"" + field(testId) + "\")";
        for (int attempt = 0; attempt < 10; attempt++) {
            browser.type(field(testId), text);
            // Two frames: React has drawn by then.
            browser.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))");
            if (text.equals(browser.evaluate(element + ".value"))) {
                return;
            }
        }
        throw new AssertionError(testId + " does not keep what is typed");
    }

    void switchOn(String testId) {
        String box = "document.querySelector(\"" + field(testId) + "\")";
        browser.await(box);
        if (Boolean.FALSE.equals(browser.evaluate(box + ".checked"))) {
            browser.click("label:has(" + field(testId) + ")");
        }
        browser.await(box + ".checked");
    }

    List<String> labels() {
        return browser.texts(LABELS);
    }

    void awaitLabel(String label) {
        browser.await("[...document.querySelectorAll('" + LABELS + "')].some(l => l.innerText === '" + label + "')");
    }

    /** Clicks and waits for what the console says. */
    String save(String testId) {
        dismiss();
        clickTest(testId);
        return alert();
    }

    /** Clicks, and fails where the console does not say that it worked. */
    void saveWell(String testId) {
        String said = save(testId);
        isWell(said);
    }

    void isWell(String said) {
        assertThat(browser.texts(ALERTS + ".pf-m-success")).as(said).isNotEmpty();
        dismiss();
    }

    String alert() {
        browser.await("document.querySelector('" + ALERTS + "')");
        return String.join(" ", browser.texts(ALERTS));
    }

    void dismiss() {
        browser.evaluate("document.querySelectorAll('.pf-v5-c-alert button').forEach(b => b.click()), 0");
        browser.await("!document.querySelector('" + ALERTS + "')");
    }

    /** The help text behind the question mark of a field, as a person reads it. */
    String help(String fieldLabel) {
        click(field("help-label-" + fieldLabel));
        browser.awaitShown(".pf-v5-c-popover__body");
        String text = browser.text(".pf-v5-c-popover__body");
        browser.press("Escape");
        browser.await("!document.querySelector('.pf-v5-c-popover__body')");
        return text;
    }

    /** Good to read in both colour schemes. */
    void look(String name, int height) {
        List<String> problems = new ArrayList<>();
        browser.screen(WIDTH, height);
        for (String scheme : List.of("dark", "light")) {
            browser.dark("dark".equals(scheme));
            browser.await(
                    "document.documentElement.classList.contains('pf-v5-theme-dark') === " + "dark".equals(scheme));
            browser.screenshot(name + "-" + scheme);
            browser.seriousAccessibilityProblems().forEach(problem -> problems.add(scheme + ": " + problem));
        }
        assertThat(problems).isEmpty();
    }
}

package dev.keycloakmcp.itest.oauth;

import java.net.URI;
import org.jsoup.nodes.Element;
import org.jspecify.annotations.Nullable;

/** One authorization request, walked through page by page. */
public final class Authorization {

    private final Browser browser;
    private final Form request;
    private final String verifier;
    private final Browser.Page page;

    Authorization(Browser browser, Form request, String verifier, Browser.Page page) {
        this.browser = browser;
        this.request = request;
        this.verifier = verifier;
        this.page = page;
    }

    public Browser browser() {
        return browser;
    }

    /** Where the person is now. */
    public Browser.Page page() {
        return page;
    }

    /** The parameters of the request. */
    public Form request() {
        return request;
    }

    /** The PKCE verifier; empty if the request brought a challenge of its own, or none. */
    public String verifier() {
        return verifier;
    }

    public boolean asksForLogin() {
        return !page.left() && page.document().selectFirst("form#kc-form-login") != null;
    }

    public boolean asksForConsent() {
        return !page.left() && consentForm() != null;
    }

    public boolean isDone() {
        return page.left();
    }

    public Authorization login(String username, String password) {
        return login(Form.of("username", username).with("password", password));
    }

    /** With the tick at "Remember me". */
    public Authorization loginToStay(String username, String password) {
        return login(Form.of("username", username).with("password", password).with("rememberMe", "on"));
    }

    private Authorization login(Form fields) {
        Element form = page.document().selectFirst("form#kc-form-login");
        if (form == null) {
            throw unexpected("the login page");
        }
        return submit(form, fields);
    }

    public Authorization consent(boolean accept) {
        Element form = consentForm();
        if (form == null) {
            throw unexpected("the consent page");
        }
        Form fields = Form.empty();
        for (Element hidden : form.select("input[type=hidden]")) {
            fields = fields.with(hidden.attr("name"), hidden.attr("value"));
        }
        return submit(form, fields.with(accept ? "accept" : "cancel", ""));
    }

    /** Sends the form of another page, such as one of a required action. */
    public Authorization fill(String selector, Form fields) {
        Element form = page.document().selectFirst(selector);
        if (form == null) {
            throw unexpected("a page with " + selector);
        }
        return submit(form, fields);
    }

    /** Signs in and consents wherever asked. */
    public Authorization as(String username, String password) {
        Authorization now = asksForLogin() ? login(username, password) : this;
        return now.asksForConsent() ? now.consent(true) : now;
    }

    /** What the client gets at its redirect URI: {@code code} and {@code state}, or {@code error}. */
    public Form callback() {
        if (!page.left()) {
            throw unexpected("a redirect to the client");
        }
        URI uri = page.uri();
        return Form.parse(uri.getRawQuery()).and(Form.parse(uri.getRawFragment()));
    }

    private @Nullable Element consentForm() {
        return page.document().selectFirst("form:has([name=accept])");
    }

    private Authorization submit(Element form, Form fields) {
        return new Authorization(browser, request, verifier, browser.submit(URI.create(form.absUrl("action")), fields));
    }

    private IllegalStateException unexpected(String wanted) {
        return new IllegalStateException("Expected " + wanted + ", got " + page.status() + " " + page.uri() + "\n"
                + page.document().body().text());
    }
}

package dev.keycloakmcp.itest.interop;

import static dev.keycloakmcp.itest.interop.InspectorPage.button;
import static dev.keycloakmcp.itest.interop.InspectorPage.press;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.browser.Browser;
import dev.keycloakmcp.itest.oauth.Jwt;
import java.net.URI;

/** The page of MCP Inspector 0.15, which does OAuth by itself, and alice in front of it. */
final class Inspector015Page {

    private static final String SIGNED_IN = "document.body.innerText.includes('Authentication completed successfully')";
    private static final String CONNECTED = button("Disconnect");
    private static final String SUCCESS = "document.body.innerText.match(/Tool Result:\\s*Success/)";
    private static final String TOKEN = "JSON.parse(Object.entries(sessionStorage)"
            + ".find(([key]) => key.endsWith('mcp_tokens'))[1]).access_token";

    private final Browser browser;

    Inspector015Page(Browser browser) {
        this.browser = browser;
    }

    /** Opens the page, signs in, and connects to the server that it was started for. */
    void connect(URI page) {
        browser.open(page);
        press(browser, "Open Auth Settings");
        press(browser, "Quick OAuth Flow");
        InspectorPage.answerKeycloak(browser, SIGNED_IN);
        press(browser, "Back to Connect");
        connect();
    }

    /** Opens the page again in the same tab, which keeps its tokens, and connects. */
    void reconnect(URI page) {
        browser.open(page);
        connect();
    }

    /** Makes the browser one that never was there. */
    void forget() {
        browser.evaluate("sessionStorage.clear(), localStorage.clear()");
    }

    private void connect() {
        press(browser, "Connect");
        browser.await(CONNECTED);
    }

    /**
     * Calls a tool of the server {@code notes}.
     *
     * @return the claims of the token that it was called with
     */
    JsonNode call(String tool) {
        press(browser, "List Tools");
        choose(tool);
        press(browser, "Run Tool");
        browser.await(SUCCESS);
        return Jwt.decode(String.valueOf(browser.evaluate(TOKEN))).claims();
    }

    private void choose(String tool) {
        String listed = "[...document.querySelectorAll('span')].find(e => e.innerText.trim() === '" + tool
                + "' && e.checkVisibility())";
        browser.await(listed);
        browser.evaluate(listed + ".click()");
    }
}

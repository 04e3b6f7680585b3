package dev.keycloakmcp.itest.interop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.itest.browser.Browser;
import java.net.URI;
import java.util.Map;

/** MCP Inspector's page in a browser, and alice in front of it, who signs in and agrees wherever asked. */
final class InspectorPage {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_PAGES = 6;

    private static final String AT_KEYCLOAK =
            "[...document.querySelectorAll('#kc-login')].some(e => e.checkVisibility())";
    private static final String CONNECTED = "[...document.querySelectorAll('input')].some(e => e.value === 'Tools')";
    private static final String RESULT = "document.body.innerText.match(/\\{\\s*\"exp\"[^]*?\\n\\}/)?.[0]";
    private static final String LEFT = "window.left = true";
    private static final String WANTS_MORE = "document.body.innerText.includes('Additional permissions required')";

    private final Browser browser;

    InspectorPage(Browser browser) {
        this.browser = browser;
    }

    /** Opens the page and connects to the server that it was started for. */
    void connect(URI page) {
        browser.open(page);
        browser.await("document.querySelector('[role=switch]')");
        browser.evaluate("document.querySelector('[role=switch]').click()");
        answerKeycloak(browser, CONNECTED);
    }

    /**
     * Calls a tool of the server {@code notes}, granting what it needs.
     *
     * @return the claims that it shows
     */
    JsonNode call(String tool) {
        choose(tool);
        browser.await(RESULT + " || " + WANTS_MORE);
        if (Boolean.TRUE.equals(browser.evaluate(WANTS_MORE))) {
            // Keycloak may have no question and send the browser straight back: to another document in any case.
            browser.evaluate(LEFT);
            press(browser, "Authorize");
            answerKeycloak(browser, CONNECTED);
            choose(tool);
            browser.await(RESULT);
        }
        try {
            return JSON.readTree(String.valueOf(browser.evaluate(RESULT)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * What an application that runs in the browser itself, from the page's origin, gets to read: metadata,
     * a registration, and tokens for the refresh token that the page has. The page has its own server do this.
     *
     * @return the last token response, or what went wrong
     */
    JsonNode withoutItsServer(URI issuer) {
        Map<?, ?> answer = (Map<?, ?>) browser.evaluate("""
                (async (issuer) => {
                  const token = new URLSearchParams(location.search).get('MCP_INSPECTOR_API_TOKEN')
                    ?? sessionStorage.getItem('MCP_INSPECTOR_API_TOKEN') ?? localStorage.getItem('MCP_INSPECTOR_API_TOKEN');
                  const stored = await (await fetch('/api/storage/oauth', {
                    headers: { 'x-mcp-remote-auth': `Bearer ${token}` } })).json();
                  const [, grant] = JSON.stringify(stored).match(/"refresh_token":"([^"]+)"/) ?? [];
                  const at = new URL(issuer);
                  const metadata = await (await fetch(
                    `${at.origin}/.well-known/oauth-authorization-server${at.pathname}`)).json();
                  const registered = await (await fetch(metadata.registration_endpoint, {
                    method: 'POST', headers: { 'Content-Type': 'application/json' },
                    body: JSON.stringify({ redirect_uris: [`${location.origin}/browser`], client_name: 'In the page',
                      token_endpoint_auth_method: 'none' }) })).json();
                  const [, client] = JSON.stringify(stored).match(/"client_id":"([^"]+)"/) ?? [];
                  const tokens = await (await fetch(metadata.token_endpoint, {
                    method: 'POST', body: new URLSearchParams({
                      grant_type: 'refresh_token', refresh_token: grant, client_id: client }) })).json();
                  return { ...tokens, registered: registered.client_id };
                })('%s')""".formatted(issuer));
        return JSON.valueToTree(answer);
    }

    private void choose(String tool) {
        press(browser, "Tools");
        browser.await(button(tool));
        // A tool that was called shows its result until another is chosen, which the page may be too busy to notice.
        press(browser, tool.equals("whoami") ? "write_note" : "whoami");
        browser.await("(" + button(tool) + ".click(), !(" + RESULT + ") && " + button("Execute Tool") + ")");
        press(browser, "Execute Tool");
    }

    static void press(Browser browser, String label) {
        browser.await(button(label));
        browser.evaluate(button(label) + ".click()");
    }

    static String button(String label) {
        return "[...document.querySelectorAll('button, label')]" + ".find(e => e.innerText.trim() === '" + label
                + "' && e.checkVisibility())";
    }

    /** Signs in and agrees until the page is back and has what was waited for. */
    static void answerKeycloak(Browser browser, String back) {
        for (int pages = 0; pages < MOST_PAGES; pages++) {
            browser.await("window.left !== true && (" + AT_KEYCLOAK + " || " + back + ")");
            if (Boolean.TRUE.equals(browser.evaluate("!!(" + back + ")"))) {
                return;
            }
            browser.evaluate(LEFT);
            if (browser.shows("#username")) {
                browser.signIn("alice", "alice");
            } else {
                browser.click("#kc-login");
            }
        }
        throw new IllegalStateException("More than " + MOST_PAGES + " pages, now at " + browser.address());
    }
}

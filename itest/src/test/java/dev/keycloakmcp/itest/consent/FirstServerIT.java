package dev.keycloakmcp.itest.consent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.browser.Browser;
import dev.keycloakmcp.itest.browser.BrowserTest;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.server.TestRealm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/start/first-server-by-console.md}, clicked step by step in an empty realm. */
@KeycloakTest
@BrowserTest
class FirstServerIT {

    private static final Path GUIDE = Path.of("..", "docs", "start", "first-server-by-console.md");
    private static final String REDIRECT = "http://127.0.0.1/callback";

    /** The file that the guide tells people to import. */
    private static String clientOfTheGuide() throws IOException {
        Matcher json = Pattern.compile("```json\\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(GUIDE));
        assertThat(json.find()).isTrue();
        return json.group(1);
    }

    @Test
    void an_administrator_clicks_together_the_first_server(TestRealm realm, Browser browser) throws IOException {
        realm.settings(settings -> settings.setDisplayName("Example Inc."));
        AdminConsole console = new AdminConsole(browser, realm);
        theme(console);
        scope(console, "files:read", "Read your files");
        scope(console, "files:delete", "Delete your files");
        server(console, browser, clientOfTheGuide());
        policy(console, browser);
        registration(console);

        realm.addUser("alice", "alice");
        String client = realm.oauth()
                .register(
                        "mcp",
                        Map.of(
                                "client_name",
                                "First client",
                                "redirect_uris",
                                List.of(REDIRECT),
                                "token_endpoint_auth_method",
                                "none"))
                .expect(201)
                .get("client_id");
        Authorization page = realm.oauth()
                .authorize(ConsentRealm.request(
                        client, "http://127.0.0.1:4711/callback", "files:read", "https://files.example.com/mcp"))
                .login("alice", "alice");
        assertThat(page.page().document().select("#mcp-server-name").text()).isEqualTo("Files");
        assertThat(page.page().document().select("#mcp-scopes").text()).contains("Read your files");
        Jwt token = realm.oauth()
                .verify(realm.oauth()
                        .code(ClientAuth.none(client), page.consent(true), Form.empty())
                        .expect(200)
                        .accessToken());
        assertThat(token.text("aud")).isEqualTo("https://files.example.com/mcp");
        assertThat(token.text("scope").split(" ")).contains("files:read").doesNotContain("files:delete");
    }

    private static void scope(AdminConsole console, String name, String text) {
        console.open("/client-scopes");
        console.clickText("main a", "Create client scope");
        console.fill("name", name);
        console.fill("attributes.consent🍺screen🍺text", text);
        console.switchOn("attributes.display.on.consent.screen");
        console.switchOn("attributes.include.in.token.scope");
        console.saveWell("save");
    }

    private static void server(AdminConsole console, Browser browser, String json) {
        console.open("/clients");
        console.clickText("main a, main button", "Import client");
        browser.await("document.querySelector('main input[type=file]')");
        browser.evaluate(
                "(() => { const input = document.querySelector('main input[type=file]');"
                        + " const files = new DataTransfer(); files.items.add(new File([`" + json
                        + "`], 'files.json'));"
                        + " input.files = files.files; input.dispatchEvent(new Event('change', {bubbles: true})); return 0 })()");
        browser.await("document.querySelector('#clientId').value === 'files'");
        console.look("admin-import-client", 850);
        console.dismiss();
        console.clickText("main button", "Save");
        console.isWell(console.alert());
    }

    private static void policy(AdminConsole console, Browser browser) {
        console.open("/realm-settings/client-policies/profiles");
        console.clickTest("createProfile");
        console.fill("name", "mcp");
        console.saveWell("saveCreateProfile");
        for (String executor : List.of("mcp-resource-indicator", "mcp-client-credentials", "mcp-delegation")) {
            console.clickTest("addExecutor");
            console.pick("#kc-executor", executor);
            console.awaitLabel("Enforcement");
            console.saveWell("addExecutor-saveBtn");
        }
        console.open("/realm-settings/client-policies/policies");
        console.clickText("main a, main button", "Create client policy");
        console.fill("name", "mcp");
        console.saveWell("saveCreatePolicy");
        console.clickTest("addCondition");
        console.pick("#provider", "mcp-client");
        console.awaitLabel("Kinds of clients");
        console.saveWell("addCondition-saveBtn");
        console.clickTest("addClientProfile");
        // Keycloak's own profiles fill the first page; its search field breaks the dialog.
        browser.await("document.querySelectorAll('[role=dialog] tbody tr').length > 5");
        console.click("[role=dialog] .pf-v5-c-pagination__nav button[data-action=next]");
        browser.await(
                "(() => { const row = [...document.querySelectorAll('[role=dialog] tbody tr')].find(r =>"
                        + " r.innerText.trim().split(/\\s/)[0] === 'mcp'); row?.querySelector('input').click(); return row })()");
        console.saveWell("add-client-profile-button");
        console.look("admin-policy", 1000);
    }

    private static void registration(AdminConsole console) {
        console.open("/clients/client-registration/anonymous");
        console.clickTest("createPolicy-anonymous");
        console.clickText("[role=dialog] li", "mcp-client-registration");
        console.awaitLabel("Hosts for https redirects");
        console.fill("name", "MCP");
        console.fill("config.https-redirect-hosts0", "claude.ai");
        console.saveWell("save");
    }

    private static void theme(AdminConsole console) {
        console.open("/realm-settings/themes");
        console.pick("#kc-login-theme", "mcp");
        console.look("admin-theme", 800);
        console.saveWell("themes-tab-save");
    }
}

package dev.keycloakmcp.itest.audit;

import static dev.keycloakmcp.itest.audit.AuditView.LOADED;
import static dev.keycloakmcp.itest.audit.AuditView.assertSound;
import static dev.keycloakmcp.itest.audit.AuditView.go;
import static dev.keycloakmcp.itest.audit.AuditView.leave;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.browser.Browser;
import dev.keycloakmcp.itest.browser.BrowserTest;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.server.KeycloakServer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servers and agents in the audit page, as administrators see and change them. */
@KeycloakTest
@BrowserTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditPageServersIT {

    private static final String HOSTILE = "<img src=x onerror=alert(1)>";
    private static final String BIDIRECTIONAL = "odd\u202E \u2192 mrc";
    private static final String FILES = "https://files.example/mcp";

    private AuditRealm realm;

    @BeforeAll
    void create(KeycloakServer server) {
        realm = AuditRealm.create(server, List.of(), AuditConsole::addTo);
        realm.addAdministrator("manager", "manage-clients", "view-users");
        realm.addAdministrator("viewer", "view-clients");
        realm.addAdministrator("reader", "view-events");
        realm.add(Client.server(HOSTILE, "secret", "https://hostile.example/mcp", "<b>bold</b>"));
        realm.add(Client.server(BIDIRECTIONAL, "secret", "not a URI", "crm:use").disabled());
    }

    @AfterAll
    void remove() {
        realm.close();
    }

    private void open(Browser browser, String user) {
        AuditView.open(browser, realm, user, "servers");
    }

    /** The card of a server. */
    private static String card(String clientId) {
        return "article:has(button[aria-label='Edit the server " + clientId + "'])";
    }

    private static void press(Browser browser, String label) {
        browser.click("button[aria-label='" + label + "']");
    }

    /** Asks what would change, which changes nothing. */
    private List<String> check(Browser browser) {
        String before = realm.ask("servers").expect(200).body();
        browser.click("dialog button[type=submit]");
        browser.awaitShown("dialog .steps");
        assertThat(realm.ask("servers").expect(200).body()).isEqualTo(before);
        return browser.texts("dialog .steps li");
    }

    private static void save(Browser browser) {
        browser.click("dialog button[type=submit]");
        browser.await("!document.querySelector('dialog').open");
        browser.await("document.activeElement.id === 'main'");
        browser.await(LOADED);
    }

    @Test
    @Tries({"ASI09", "LLM02"})
    void who_may_see_clients_sees_servers_and_what_is_wrong_with_them(Browser browser) {
        open(browser, "viewer");
        assertThat(browser.texts("nav a")).containsExactly("Servers and agents");
        assertThat(browser.texts(".server code").stream().distinct())
                .contains("crm", HOSTILE, "odd\\u{202e} \u2192 mrc");
        assertThat(browser.texts(".problems li"))
                .anyMatch(text -> text.startsWith("scope-unknown") && text.contains("<b>bold</b>"))
                .anyMatch(text -> text.startsWith("disabled"))
                .anyMatch(text -> text.startsWith("uri-malformed"));
        assertThat(browser.texts(".agents .chip-actor")).contains("billing", "gateway");
        assertThat(browser.texts("main button, .agents .button")).isEmpty();
        browser.type("#servers-search", "hostile.example");
        assertThat(browser.evaluate("[...document.querySelectorAll('.server')].filter(s => !s.hidden).length"))
                .isEqualTo(1);
        assertSound(browser);
    }

    @Test
    @Tries("LLM02")
    void who_may_see_no_clients_is_told(Browser browser) {
        open(browser, "reader");
        assertThat(browser.texts("nav a")).doesNotContain("Servers and agents");
        assertThat(browser.text("[role=alert]")).contains("view-clients");
        assertThat(browser.shows(".server")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"desktop, light", "desktop, dark", "phone, light", "phone, dark"})
    void everybody_can_read_and_use_it(String screen, String colours, Browser browser) {
        if (screen.equals("phone")) {
            browser.phone();
        }
        browser.dark(colours.equals("dark"));
        open(browser, "manager");
        assertThat(browser.accessibilityProblems()).isEmpty();
        assertThat(browser.overflow()).isZero();
        press(browser, "Edit the agent billing at crm");
        assertThat(browser.evaluate("document.activeElement.closest('dialog') !== null"))
                .isEqualTo(true);
        assertThat(browser.accessibilityProblems()).isEmpty();
        browser.press("Escape");
        press(browser, "Remove the server crm");
        browser.awaitShown("dialog .steps");
        assertThat(browser.accessibilityProblems()).isEmpty();
        browser.press("Escape");
        browser.await("document.querySelector('dialog').childElementCount === 0");
        assertSound(browser);
    }

    @Test
    void a_server_and_its_agent_are_added_edited_and_removed(Browser browser) {
        open(browser, "manager");
        browser.click("main .heading button.primary");
        browser.type("#server-id", "files");
        browser.type("#server-resource", FILES);
        browser.type("#server-scopes", "files:read files:delete");
        browser.press("Tab");
        browser.type("#server-text-0", "Read your <b>files</b>");
        assertThat(check(browser))
                .containsExactly(
                        "added client scope files:read: Read your <b>files</b>",
                        "added client scope files:delete",
                        "added client files: MCP server " + FILES + " with files:read files:delete");
        browser.evaluate(
                "[...document.querySelectorAll('dialog button')].find(b => b.textContent === 'Back').click(), 0");
        assertThat(browser.evaluate("document.querySelector('#server-id').value"))
                .isEqualTo("files");
        check(browser);
        save(browser);
        assertThat(browser.text(card("files"))).contains(FILES, "files:read", "None.");

        press(browser, "Add an agent to files");
        browser.click("dialog button[type=submit]");
        assertThat(browser.evaluate("document.activeElement.id")).isEqualTo("agent-id");
        browser.type("#agent-id", "bot");
        browser.click("#agent-scope-0");
        browser.evaluate("document.querySelector('#agent-method').value = 'client_secret_basic',"
                + " document.querySelector('#agent-method').dispatchEvent(new Event('change')), 0");
        assertThat(browser.shows("#agent-jwks-uri")).isFalse();
        assertThat(check(browser).get(0)).startsWith("added client bot: agent of " + FILES);
        browser.click("dialog button[type=submit]");
        browser.awaitShown("#secret");
        String secret = String.valueOf(browser.evaluate("document.querySelector('#secret').value"));
        assertThat(browser.accessibilityProblems()).isEmpty();
        browser.click("dialog button.primary");
        browser.await("!document.documentElement.outerHTML.includes('" + secret + "')");
        assertThat(browser.evaluate("location.href").toString()).doesNotContain(secret);
        assertToken(secret, "files:read");
        browser.awaitShown("a[aria-label='Explain what bot gets at files']");

        press(browser, "Edit the agent bot at files");
        assertThat(
                        browser.evaluate(
                                "[document.querySelector('#agent-scope-0').disabled, document.querySelector('#agent-id').readOnly]"))
                .isEqualTo(List.of(true, true));
        browser.click("#agent-scope-1");
        assertThat(check(browser).get(0)).startsWith("changed client bot: agent of " + FILES);
        save(browser);
        assertThat(browser.texts(card("files") + " .agents .values li")).containsExactly("files:delete", "files:read");
        assertToken(secret, "files:delete");

        leave(browser);
        browser.click("a[aria-label='Explain what bot gets at files']");
        browser.await(LOADED);
        assertThat(browser.text("#answer")).contains("Allowed");
        go(browser, "servers");

        press(browser, "Edit the server files");
        browser.type("#server-scopes", "files:read");
        browser.press("Tab");
        assertThat(check(browser)).last().asString().startsWith("changed client files: MCP server");
        save(browser);
        assertThat(browser.texts(card("files") + " .agents .values li")).containsExactly("files:read");

        press(browser, "Remove the agent bot");
        browser.awaitShown("dialog .steps");
        assertThat(browser.texts("dialog .steps li")).containsExactly("removed client bot");
        save(browser);
        press(browser, "Remove the server files");
        browser.awaitShown("dialog .steps");
        assertThat(browser.texts("dialog .steps li")).contains("removed client files");
        save(browser);
        assertThat(browser.shows(card("files"))).isFalse();
        assertSound(browser);
    }

    private void assertToken(String secret, String scope) {
        realm.oauth()
                .clientCredentials(
                        ClientAuth.basic("bot", secret),
                        Form.of("resource", FILES).with("scope", scope))
                .expect(200);
    }

    @Test
    void what_is_refused_is_said_where_it_was_asked_for(Browser browser) {
        open(browser, "manager");
        browser.click("main .heading button.primary");
        browser.type("#server-id", "other");
        browser.type("#server-resource", AuditRealm.uri("crm"));
        browser.type("#server-scopes", "other:use");
        browser.click("dialog button[type=submit]");
        assertThat(browser.text("dialog [role=alert] p")).contains("client crm has this resource already");
        assertThat(browser.evaluate("document.querySelector('#server-resource').value"))
                .as("nothing that was typed is lost")
                .isEqualTo(AuditRealm.uri("crm"));
        browser.press("Escape");

        press(browser, "Remove the agent billing");
        assertThat(browser.text("dialog [role=alert] p")).contains("something else besides an agent");
        browser.press("Escape");
        assertThat(browser.complaints()).allMatch(line -> line.contains("409"));
    }

    @Test
    @Tries("LLM02")
    void who_lost_the_role_meanwhile_is_told_and_changes_nothing(Browser browser) {
        realm.addAdministrator("leaver", "manage-clients");
        open(browser, "leaver");
        press(browser, "Remove the server gateway");
        browser.awaitShown("dialog .steps");
        realm.revoke(realm.userId("leaver"), "realm-management", "manage-clients");
        browser.click("dialog button[type=submit]");
        assertThat(browser.text("dialog [role=alert] p")).contains("manage-clients");
        assertThat(realm.ask("servers").expect(200).body()).contains("\"gateway\"");
        assertThat(browser.complaints()).allMatch(line -> line.contains("403"));
    }
}

package dev.keycloakmcp.itest.audit;

import static dev.keycloakmcp.itest.audit.AuditView.LOADED;
import static dev.keycloakmcp.itest.audit.AuditView.go;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.browser.Browser;
import dev.keycloakmcp.itest.browser.BrowserTest;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Takes the pictures of the documentation; runs when it is named ({@code -Dit.test=AuditPagePictures}). */
@KeycloakTest
@BrowserTest
class AuditPagePictures {

    @Test
    void take(KeycloakServer server, Browser browser) {
        List<String> users = List.of("alice", "bob", "carol");
        try (AuditRealm audited = AuditRealm.create(server, users, realm -> {
            realm.settings(settings -> settings.setDisplayName("Agent Mesh"));
            AuditConsole.addTo(realm);
        })) {
            TestRealm realm = audited;
            realm.addAdministrator("audrey", "view-events", "manage-clients", "view-users");
            for (int i = 0; i < 12; i++) {
                String user = users.get(i % 5 % 3);
                String token = audited.signIn(user, i % 4 == 3 ? "specialist" : "gateway")
                        .expect(200)
                        .accessToken();
                if (i % 4 == 3) {
                    audited.exchange("specialist", token, "crm").expect(200);
                } else {
                    String deeper = audited.exchange("gateway", token, i % 3 == 0 ? "billing" : "specialist")
                            .expect(200)
                            .accessToken();
                    if (i % 3 != 0) {
                        audited.exchange("specialist", deeper, "crm").expect(200);
                        assertThat(audited.exchange("crm", deeper, "billing").error())
                                .isEqualTo("invalid_request");
                    }
                }
                audited.machine("billing", AuditRealm.target("crm")).expect(200);
            }
            assertThat(audited.machine("billing", Form.of("resource", "https://nobody.example/mcp"))
                            .error())
                    .isEqualTo("invalid_target");
            realm.add(AuditRealm.shop());
            audited.register("Claude Code").expect(201);

            browser.screen(1280, 860);
            browser.open(AuditConsole.page(realm, "timeline"));
            browser.signIn("audrey", "audrey");
            shoot(browser, "audit-timeline");
            go(browser, "graph");
            shoot(browser, "audit-graph");
            browser.dark(true);
            shoot(browser, "audit-graph-dark");
            go(
                    browser,
                    "timeline?subject=alice&actor=gateway&resource=" + AuditRealm.encode(AuditRealm.uri("specialist")));
            String token = String.valueOf(
                    browser.evaluate(
                            "decodeURIComponent([...document.querySelectorAll('.details a.button')].at(-1).getAttribute('href').split('/')[2])"));
            go(browser, "token/" + AuditRealm.encode(token));
            shoot(browser, "audit-token");
            browser.dark(false);
            go(browser, "explain?grant=authorization_code&client=shop&user=alice&scope=openid%20crm:use");
            browser.await(LOADED);
            assertThat(browser.picture("audit-explain")).isNotEmptyFile();
            go(browser, "servers");
            shoot(browser, "audit-servers");
            browser.click("main .heading button.primary");
            browser.type("#server-id", "files");
            browser.type("#server-resource", "https://files.example.com/mcp");
            browser.type("#server-scopes", "files:read files:delete");
            browser.press("Tab");
            browser.type("#server-text-0", "Read your files");
            browser.type("#server-text-1", "Delete your files");
            shoot(browser, "audit-server");
            browser.press("Escape");
            browser.dark(true);
            browser.phone();
            shoot(browser, "audit-servers-dark-phone");
            browser.dark(false);
            browser.screen(1280, 860);
            go(browser, "actors");
            browser.click("button[aria-label='Suspend specialist']");
            browser.type("#reason", "Its key was found in a public repository");
            shoot(browser, "audit-suspend");
        }
    }

    private static void shoot(Browser browser, String name) {
        browser.await(LOADED);
        assertThat(browser.screenshot(name)).isNotEmptyFile();
    }
}

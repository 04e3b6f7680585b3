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
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The audit page, as an auditor uses it, in a real browser. */
@KeycloakTest
@BrowserTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditPageIT {

    private static final String HOSTILE = "<img src=x onerror=alert(1)>";
    /** Turned around, it would read as two clients that are there. */
    private static final String BIDIRECTIONAL = "portal\u202E \u2192 mrc";

    /** A server that the realm does not have. */
    private static final String NOBODY = "https://nobody.example/mcp";

    private static final String EXPLAINED =
            "explain?grant=authorization_code&client=shop&user=alice&scope=openid%20crm:use";

    private AuditRealm audited;
    private TestRealm realm;

    @BeforeAll
    void traffic(KeycloakServer server) {
        audited = AuditRealm.create(server, List.of("alice", "bob"), AuditConsole::addTo);
        realm = audited;
        realm.addAdministrator("auditor", "view-events", "manage-clients", "view-users");
        realm.addAdministrator("reader", "view-events");
        realm.addAdministrator("helper", "view-clients", "view-users");
        realm.addAdministrator("nobody");
        for (String user : List.of("alice", "alice", "bob")) {
            String token = audited.signIn(user, "gateway").expect(200).accessToken();
            String deeper =
                    audited.exchange("gateway", token, "specialist").expect(200).accessToken();
            audited.exchange("specialist", deeper, "crm").expect(200);
            if (user.equals("bob")) {
                assertThat(audited.exchange("gateway", token, AuditRealm.target("nowhere"))
                                .status())
                        .isEqualTo(400);
            }
        }
        audited.signIn("bob", "billing").expect(200);
        audited.machine("crm", AuditRealm.target("billing")).expect(200);
        assertThat(audited.machine("crm", AuditRealm.target("nowhere")).status())
                .isEqualTo(400);
        assertThat(audited.machine("crm", Form.of("resource", NOBODY)).status()).isEqualTo(400);
        realm.add(AuditRealm.shop());
        hostile();
    }

    /** Names that would be markup, were they not text. */
    private void hostile() {
        realm.add(Client.agent(HOSTILE, "secret")
                .named("<script>alert(2)</script>")
                .fullScope(false)
                .defaults("basic", "mcp-actor")
                .optional("crm:use"));
        realm.add(Client.agent(BIDIRECTIONAL, "secret")
                .fullScope(false)
                .defaults("basic", "mcp-actor")
                .optional("crm:use"));
        for (String hostile : List.of(HOSTILE, BIDIRECTIONAL)) {
            audited.oauth()
                    .clientCredentials(ClientAuth.post(hostile, "secret"), AuditRealm.target("crm"))
                    .expect(200);
        }
        audited.register("<svg onload=alert(3)>").expect(201);
        audited.register("<svg onload=alert(3)>").expect(201);
    }

    @AfterAll
    void stop() {
        audited.close();
    }

    private void open(Browser browser, String user, String view) {
        AuditView.open(browser, realm, user, view);
    }

    @Test
    void rows_are_there_newest_first_and_filters_narrow_them(Browser browser) {
        open(browser, "auditor", "timeline");
        int all = browser.texts(".rows td.time").size();
        assertThat(all).isGreaterThanOrEqualTo(12);
        List<String> times = browser.texts(".rows td.time");
        assertThat(times).isSortedAccordingTo((one, other) -> other.compareTo(one));

        browser.type("#filter-subject", "alice");
        leave(browser);
        browser.press("Enter");
        browser.await("location.hash.includes('subject=alice')");
        browser.await(LOADED);
        assertThat(browser.texts(".rows .chip-subject")).hasSize(6).allMatch(text -> text.endsWith("alice"));

        leave(browser);
        browser.click(".rows a.chip-server");
        browser.await("location.hash.includes('resource=')");
        browser.await(LOADED);
        assertThat(browser.texts(".rows .chip-server")).hasSize(2).containsOnly(AuditRealm.uri("crm"));
        assertThat(browser.texts(".rows .chip-actor").get(0)).endsWith("desk");
        assertSound(browser);
    }

    @Test
    void an_address_shows_the_same_to_another_auditor_and_after_a_reload(Browser browser) {
        String view = "timeline?client=desk&outcome=allow";
        open(browser, "reader", view);
        List<String> shown = browser.texts(".rows td.time");
        assertThat(shown).hasSize(4);
        assertThat(browser.evaluate("document.querySelector('#filter-outcome').value"))
                .isEqualTo("allow");
        browser.open(URI.create("about:blank"));
        browser.open(AuditConsole.page(realm, view));
        browser.await(LOADED);
        assertThat(browser.texts(".rows td.time")).isEqualTo(shown);
        assertSound(browser);
    }

    @Test
    void pages_follow_each_other(Browser browser) {
        for (int i = 0; i < 55; i++) {
            audited.machine("crm", AuditRealm.target("gateway")).expect(200);
        }
        open(browser, "auditor", "timeline?client=crm&scope=gateway:use");
        assertThat(browser.texts(".rows td.time")).hasSize(50);
        browser.click(".more button");
        browser.await("document.querySelectorAll('.rows td.time').length === 55");
        assertThat(browser.shows(".more button")).isFalse();
        assertThat(browser.evaluate("document.activeElement.closest('tr').id")).isEqualTo("row-50");
        assertSound(browser);
    }

    @Test
    void the_graph_says_who_acts_for_whom_and_leads_to_the_rows(Browser browser) {
        open(browser, "auditor", "graph?subject=alice");
        assertThat(browser.evaluate("[...document.querySelectorAll('.node')].map(n => n.getAttribute('aria-label'))"))
                .asInstanceOf(InstanceOfAssertFactories.list(String.class))
                .contains(
                        "Person alice: 6 tokens",
                        "Agent desk: 6 tokens",
                        "Agent gateway: 4 tokens",
                        "Agent specialist: 2 tokens",
                        "Server " + AuditRealm.uri("crm") + ": 2 tokens");
        assertThat(browser.texts(".flows tbody td.count")).containsExactly("2", "2", "2");
        double thick = width(browser, "alice → desk");
        double thin = width(browser, "gateway → specialist");
        assertThat(thick / thin).isBetween(2.9, 3.1);

        browser.evaluate("document.querySelector('.node-actor[aria-label^=\"Agent specialist\"]').focus(), 0");
        assertThat(browser.evaluate("document.querySelectorAll('.link.lit').length"))
                .isEqualTo(4);
        leave(browser);
        browser.press("Enter");
        browser.await("location.hash.includes('actor=specialist')");
        browser.await(LOADED);
        assertThat(browser.texts(".rows td.time")).hasSize(2);
        assertSound(browser);
    }

    @Test
    @Tries({"ASI09", "ASI10-trace"})
    void a_machine_is_the_agent_that_it_is_and_names_are_told_from_ids(Browser browser) {
        open(browser, "auditor", "timeline?actor=crm&grant=client_credentials");
        assertThat(browser.texts(".rows .parties").stream()
                        .map(text -> text.replaceAll("\\s+", " "))
                        .distinct())
                .containsExactly("Agent crm");
        go(browser, "timeline?grant=client_credentials");
        assertThat(browser.texts(".rows .chip-subject")).isEmpty();
        assertThat(browser.texts(".rows .called")).contains("<script>alert(2)</script>");
        assertThat(browser.evaluate(
                        "[...document.querySelectorAll('.chip')].some(c => c.textContent.includes('alert(2)'))"))
                .as("a name stands beside the id, never in its place")
                .isEqualTo(false);
        go(browser, "graph?grant=client_credentials");
        assertThat(browser.evaluate("document.querySelectorAll('.node-subject').length"))
                .isEqualTo(0);
        assertThat(browser.evaluate("document.querySelector('.node-actor[aria-label^=\"Agent crm\"]') !== null"))
                .isEqualTo(true);
        assertThat(browser.accessibilityProblems()).isEmpty();
        go(browser, "graph?outcome=allow");
        assertThat(browser.text(".summary")).contains("rows").doesNotContain("tokens");
        go(browser, "timeline?type=registration");
        assertThat(browser.texts(".rows .badge")).containsExactly("Known client again", "Client registered");
        assertThat(browser.texts(".rows .called")).containsOnly("<svg onload=alert(3)>");
        assertThat(browser.accessibilityProblems()).isEmpty();
        go(browser, "actors");
        browser.click(".actors tr:has(.called) button");
        assertThat(browser.texts("dialog .called")).hasSize(1);
        browser.press("Escape");
        assertSound(browser);
    }

    private static double width(Browser browser, String title) {
        return ((Number)
                        browser.evaluate("+[...document.querySelectorAll('.link')].find(l => l.textContent.startsWith('"
                                + title + "')).getAttribute('stroke-width')"))
                .doubleValue();
    }

    @Test
    @Tries({"ASI09", "ASI10-trace"})
    void what_is_shown_is_never_markup(Browser browser) {
        for (String view : List.of("timeline", "graph", "timeline?client=" + AuditRealm.encode(HOSTILE))) {
            if (view.equals("timeline")) {
                open(browser, "auditor", view);
            } else {
                go(browser, view);
            }
            assertThat(browser.text("main")).contains(HOSTILE).doesNotContain(BIDIRECTIONAL);
            if (!view.contains("?")) {
                assertThat(browser.text("main")).contains("portal\\u{202e} \u2192 mrc");
            }
            assertSound(browser);
        }
    }

    @ParameterizedTest
    @CsvSource({"desktop, light", "desktop, dark", "phone, light", "phone, dark"})
    void everybody_can_read_and_use_it(String screen, String colours, Browser browser) {
        if (screen.equals("phone")) {
            browser.phone();
        }
        browser.dark(colours.equals("dark"));
        open(browser, "auditor", "timeline");
        for (String view :
                List.of("timeline", "timeline?outcome=deny&type=refusal", "graph", "actors", "explain", EXPLAINED)) {
            go(browser, view);
            browser.evaluate("document.querySelector('.toggle')?.click(), 0");
            assertThat(browser.accessibilityProblems())
                    .as("%s on a %s %s", view, colours, screen)
                    .isEmpty();
            assertThat(browser.overflow()).as("%s on a %s", view, screen).isZero();
        }
        assertSound(browser);
    }

    @Test
    void the_keyboard_is_enough(Browser browser) {
        open(browser, "auditor", "timeline");
        browser.evaluate("document.activeElement.blur(), 0");
        browser.press("Tab");
        assertThat(browser.evaluate("document.activeElement.id")).isEqualTo("skip");
        browser.press("Enter");
        assertThat(browser.evaluate("document.activeElement.id")).isEqualTo("main");
        for (int i = 0;
                i < 40 && !Boolean.TRUE.equals(browser.evaluate("document.activeElement.matches('.toggle')"));
                i++) {
            browser.press("Tab");
            assertThat(browser.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
                    .as("focus on %s", browser.evaluate("document.activeElement.outerHTML"))
                    .isEqualTo("solid");
        }
        browser.press("Enter");
        assertThat(browser.shows(".details dl")).isTrue();
        assertThat(browser.evaluate("document.activeElement.getAttribute('aria-expanded')"))
                .isEqualTo("true");
        assertSound(browser);
    }

    @Test
    @Tries("LLM02")
    void somebody_without_the_role_is_told(Browser browser) {
        open(browser, "nobody", "timeline");
        assertThat(browser.text("[role=alert]")).contains("view-events");
        assertThat(browser.shows(".rows")).isFalse();
    }

    @Test
    @Tries({"RFC9700-4.3.2", "RFC9700-4.2"})
    void tokens_stay_in_memory_and_addresses_stay_at_home(Browser browser) {
        open(browser, "auditor", "timeline?subject=alice");
        go(browser, "graph");
        assertThat(browser.evaluate("JSON.stringify([localStorage, sessionStorage])"))
                .isEqualTo("[{},{}]");
        // Keycloak's own, hashes of the session's id.
        assertThat(browser.evaluate(
                        "document.cookie.replace(/KC_AUTH_SESSION_HASH=[^;]*|KEYCLOAK_SESSION=[^;]*|; /g, '')"))
                .isEqualTo("");
        assertThat(browser.evaluate("location.search")).isEqualTo("");
        assertThat(browser.sent())
                .allSatisfy(request -> assertThat(request.uri().getAuthority())
                        .isEqualTo(realm.server().baseUri().getAuthority()))
                .filteredOn(request -> !request.uri().getPath().startsWith("/resources/")
                        && !request.uri().getPath().contains("/login-actions/"))
                .allSatisfy(request -> {
                    assertThat(request.referrer()).as("%s", request.uri()).isEmpty();
                    assertThat(request.uri().toString()).doesNotContain("access_token", "alice&code");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "'state=forged&code=forged&iss=forged'",
        "'state=forged&error=access_denied&error_description=<img src=x onerror=alert(1)>'",
        "'state=null&code=x'"
    })
    @Tries({"RFC9700-4.7", "RFC9700-4.5"})
    void an_answer_to_nothing_is_no_sign_in(String fragment, Browser browser) {
        browser.open(URI.create(AuditConsole.page(realm) + "#"
                + fragment.replace("<", "%3C").replace(">", "%3E").replace(" ", "%20")));
        assertThat(browser.text("#notice-sign-in")).contains("not started from this tab");
        assertThat(browser.sent()).noneMatch(request -> request.uri().getPath().endsWith("/token"));
        browser.click("#notice-sign-in button");
        browser.signIn("reader", "reader");
        browser.await(LOADED);
        assertThat(browser.text("h1")).isEqualTo("Timeline");
        assertSound(browser);
    }

    @Test
    void a_token_is_followed_hop_by_hop(Browser browser) {
        open(browser, "auditor", "timeline?subject=alice&resource=" + AuditRealm.encode(AuditRealm.uri("specialist")));
        browser.click(".toggle");
        leave(browser);
        browser.click(".details a.button");
        browser.await("location.hash.startsWith('#/token/')");
        browser.await(LOADED);
        assertThat(browser.texts(".hop .way").stream()
                        .map(way -> way.replaceAll("\\s+", " "))
                        .toList())
                .containsExactly(
                        "Person alice → Agent desk → Server " + AuditRealm.uri("gateway"),
                        "Person alice → Agent desk → Agent gateway → Server " + AuditRealm.uri("specialist"),
                        "Person alice → Agent desk → Agent gateway → Agent specialist → Server "
                                + AuditRealm.uri("crm"));
        assertThat(browser.texts(".hop h2").get(1)).contains("Exchanged", "this token");
        assertThat(browser.evaluate("document.querySelectorAll('.hops .hops .hops .hop').length"))
                .isEqualTo(1);
        assertThat(browser.accessibilityProblems()).isEmpty();
        go(browser, "token/unknown");
        assertThat(browser.text(".empty")).contains("no row of this token");
        assertThat(browser.complaints()).allMatch(line -> line.contains("404"));
    }

    @Test
    void an_agent_is_stopped_and_let_go_again(Browser browser) {
        open(browser, "auditor", "actors");
        String reason = "leaked secret <img src=x onerror=alert(4)>";
        browser.click("button[aria-label='Suspend desk']");
        browser.await("/person allowed it|people share it/.test(document.querySelector('dialog').textContent)");
        browser.press("Escape");
        browser.click("button[aria-label='Suspend billing']");
        assertThat(browser.text("dialog")).contains("Suspend billing?", "until they expire");
        assertThat(browser.evaluate("document.activeElement.id")).isEqualTo("reason");
        assertThat(browser.evaluate("String(document.activeElement.maxLength)"))
                .as("as long as the admin call takes it")
                .isEqualTo("500");
        assertThat(browser.accessibilityProblems()).isEmpty();
        browser.click("dialog button[type=submit]");
        assertThat(browser.evaluate("document.querySelector('dialog').open")).isEqualTo(true);
        browser.press("Escape");
        assertThat(audited.machine("billing", AuditRealm.target("crm")).status())
                .as("nothing was confirmed")
                .isEqualTo(200);

        browser.click("button[aria-label='Suspend billing']");
        browser.type("#reason", reason);
        browser.click("dialog button[type=submit]");
        browser.awaitShown("button[aria-label='Lift the suspension of billing']");
        assertThat(browser.text(".actors")).contains(reason, "auditor");
        assertThat(audited.machine("billing", AuditRealm.target("crm")).error()).isEqualTo("unauthorized_client");

        browser.click("button[aria-label='Lift the suspension of billing']");
        browser.click("dialog button[type=submit]");
        browser.awaitShown("button[aria-label='Suspend billing']");
        assertThat(audited.machine("billing", AuditRealm.target("crm")).status())
                .isEqualTo(200);

        go(browser, "timeline?type=suspension");
        assertThat(browser.texts(".rows .badge")).containsExactly("Suspended");
        assertThat(browser.text(".rows")).contains("billing");
        assertSound(browser);
    }

    @Test
    void who_may_not_manage_clients_has_no_brake(Browser browser) {
        open(browser, "reader", "actors");
        assertThat(browser.texts(".actors .chip-actor")).contains("gateway", HOSTILE);
        assertThat(browser.text(".actors")).contains("<script>alert(2)</script>");
        assertThat(browser.texts(".actors button")).isEmpty();
        assertThat(browser.accessibilityProblems()).isEmpty();
        browser.type("#actors-search", "gate");
        assertThat(browser.evaluate("[...document.querySelectorAll('.actors tbody tr')].filter(r => !r.hidden).length"))
                .isEqualTo(1);
        assertSound(browser);
    }

    @ParameterizedTest
    @CsvSource({"csv, 7, 'alice'", "jsonl, 6, '\"username\":\"alice\"'"})
    void what_is_shown_is_exported(String format, int lines, String text, Browser browser) {
        open(browser, "auditor", "timeline?subject=alice");
        browser.evaluate("""
                globalThis.saved = new Promise(settle => {
                  const make = URL.createObjectURL;
                  URL.createObjectURL = blob => { blob.text().then(settle); return make.call(URL, blob); };
                }), 0""");
        browser.click(".exports button:nth-child(" + (format.equals("csv") ? 1 : 2) + ")");
        List<String> saved = String.valueOf(browser.evaluate("saved")).lines().toList();
        assertThat(saved).hasSize(lines);
        assertThat(saved.subList(lines - 6, lines)).allMatch(line -> line.contains(text));
        assertSound(browser);
    }

    @Test
    void a_refusal_leads_to_its_explanation(Browser browser) {
        open(browser, "auditor", "timeline?outcome=deny&grant=client_credentials");
        leave(browser);
        browser.click(".rows a.explain");
        browser.await("location.hash.startsWith('#/explain?')");
        browser.await(LOADED);
        assertThat(request(browser)).isEqualTo(List.of("client_credentials", "crm", NOBODY, "", "configured"));
        assertThat(browser.text("#answer")).contains("Refused", "gets no token");
        assertThat(browser.text(".answer")).contains("resource_unknown", "invalid_target");
        assertThat(browser.texts(".tokens td")).isNotEmpty();
        assertThat(browser.text("main")).contains("After: none.");

        go(browser, "timeline?outcome=deny&subject=bob");
        leave(browser);
        browser.click(".rows a.explain");
        browser.await("location.hash.startsWith('#/explain?')");
        browser.await(LOADED);
        assertThat(request(browser))
                .as("the chain of the subject token, without the client that asked")
                .isEqualTo(List.of(
                        "token_exchange",
                        "gateway",
                        "bob",
                        AuditRealm.uri("nowhere"),
                        "nowhere:use",
                        "desk",
                        "configured"));
        assertThat(browser.text("#answer")).contains("Refused");
        assertThat(browser.text(".answer")).contains("resource_unknown");
        go(browser, "timeline?outcome=allow");
        assertThat(browser.texts(".rows a.explain")).as("nothing was refused").isEmpty();
        assertSound(browser);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "type: 'token', outcome: 'would-narrow', grant: 'authorization_code', client_id: 'desk', actors: ['desk'],"
                        + " subject: {id: '1', username: 'alice'}, scope: 'openid ...'"
                        + " | #/explain?grant=authorization_code&client=desk&scope=openid&enforcement=enforce&user=alice",
                "type: 'refusal', outcome: 'would-deny', grant: 'urn:ietf:params:oauth:grant-type:token-exchange',"
                        + " client_id: 'b c', actors: ['b c', 'a', 'o'], subject: {id: '1'}, resource: 'https://x/?y=z&grant=q'"
                        + " | #/explain?grant=token_exchange&client=b+c&resource=https%3A%2F%2Fx%2F%3Fy%3Dz%26grant%3Dq"
                        + "&enforcement=enforce&user=1&chain=o%0Aa",
                "type: 'refusal', outcome: 'deny', grant: 'client_credentials', client_id: 'bot',"
                        + " subject: {id: '1', username: 'service-account-bot', client_id: 'bot'}"
                        + " | #/explain?grant=client_credentials&client=bot",
                "type: 'token', outcome: 'allow', grant: 'client_credentials', client_id: 'bot' |",
                "type: 'registration', outcome: 'deny', client_id: 'bot' |",
                "type: 'refusal', outcome: 'deny', grant: 'urn:ietf:params:oauth:grant-type:device_code', client_id: 'bot' |",
                "type: 'refusal', outcome: 'deny', grant: '__proto__', client_id: 'bot' |",
            })
    void a_row_names_the_request_that_explains_it(String row, String address, Browser browser) {
        // A file of the page: the page itself leaves for the sign-in.
        browser.open(URI.create(AuditConsole.page(realm) + "messages_en.json"));
        assertThat(browser.evaluate("import('" + AuditConsole.page(realm) + "explain.js').then(m => m.explanationOf({"
                        + row + "}))"))
                .isEqualTo(address);
    }

    /** What the form holds, of fields that are shown. */
    private static Object request(Browser browser) {
        return browser.evaluate(
                "[...document.querySelectorAll('.request [name]')].filter(f => !f.disabled).map(f => f.value)");
    }

    @Test
    void a_request_is_explained_claim_by_claim(Browser browser) {
        open(browser, "auditor", "explain");
        browser.await("document.querySelector('#explain-servers').options.length === " + AuditRealm.SERVERS.size());
        browser.type("#explain-client", "shop");
        browser.press("Enter");
        assertThat(browser.evaluate("document.activeElement.id"))
                .as("somebody has to sign in")
                .isEqualTo("explain-user");
        browser.type("#explain-user", "alice");
        browser.type("#explain-scope", "openid crm:use");
        leave(browser);
        browser.press("Enter");
        browser.await("location.hash.includes('user=alice')");
        browser.await(LOADED);
        assertThat(browser.text("#answer")).contains("Allowed", "gets a token");
        assertThat(browser.text(".loses")).contains("account");
        assertThat(browser.texts(".policies tbody th")).contains("mcp-resource-indicator");
        assertThat(claim(browser, "aud")).containsExactly("account", AuditRealm.uri("crm"));
        assertThat(claim(browser, "azp")).containsExactly("shop", "shop");
        assertThat(browser.texts(".tokens .change-lost th").stream().map(text -> text.replaceAll("\\s.*", "")))
                .contains("realm_access.roles")
                .doesNotContain("jti");

        leave(browser);
        browser.evaluate("document.querySelector('#explain-grant').value = 'client_credentials',"
                + " document.querySelector('#explain-grant').dispatchEvent(new Event('change')), 0");
        assertThat(browser.shows("#explain-user")).isFalse();
        browser.click(".request button.primary");
        browser.await("location.hash.includes('client_credentials')");
        browser.await(LOADED);
        assertThat(browser.evaluate("location.hash.includes('user=')")).isEqualTo(false);
        assertThat(browser.text("#answer")).contains("Refused");
        assertThat(browser.text("main")).contains("No policy has a say");
        assertSound(browser);

        go(browser, "explain?grant=client_credentials&client=no-such-client");
        assertThat(browser.text("[role=alert]")).contains("no such client or person");
        assertThat(browser.complaints()).allMatch(line -> line.contains("404"));
    }

    /** What the tokens before and after hold for a claim. */
    private static List<String> claim(Browser browser, String name) {
        browser.evaluate(
                "document.querySelectorAll('.tokens tr').forEach(r => r.dataset.claim = r.cells[0].firstChild.textContent), 0");
        return browser.texts(".tokens tr[data-claim='" + name + "'] td");
    }

    @Test
    @Tries("ASI09")
    void what_is_explained_is_never_markup(Browser browser) {
        open(
                browser,
                "auditor",
                "explain?grant=client_credentials&client="
                        + AuditRealm.encode(HOSTILE).replace("+", "%20")
                        + "&scope=crm:use");
        assertThat(claim(browser, "client_id")).containsExactly(HOSTILE, HOSTILE);
        assertSound(browser);
        go(
                browser,
                "explain?grant=client_credentials&client="
                        + AuditRealm.encode(BIDIRECTIONAL).replace("+", "%20"));
        assertThat(browser.text("main")).contains("portal\\u{202e} \u2192 mrc").doesNotContain(BIDIRECTIONAL);
        go(
                browser,
                "explain?grant=%3Cb%3E&client=" + AuditRealm.encode(HOSTILE).replace("+", "%20")
                        + "&enforcement=%22%3E");
        assertThat(browser.text(".empty")).contains("Something is missing");
        assertSound(browser);
    }

    @Test
    @Tries("LLM02")
    void explanations_are_offered_to_those_who_may_ask_for_them(Browser browser) {
        open(browser, "reader", "timeline?outcome=deny");
        assertThat(browser.texts("nav a")).doesNotContain("Explain");
        assertThat(browser.texts(".rows td.time")).isNotEmpty();
        assertThat(browser.texts(".rows a.explain")).isEmpty();
        go(browser, EXPLAINED);
        assertThat(browser.text("[role=alert]")).contains("view-clients", "view-users");
        assertThat(browser.shows(".answer")).isFalse();
        assertThat(browser.accessibilityProblems()).isEmpty();
        assertThat(browser.complaints()).allMatch(line -> line.contains("403"));
    }

    @Test
    void who_may_only_ask_for_explanations_starts_there(Browser browser) {
        browser.open(AuditConsole.page(realm));
        browser.signIn("helper", "helper");
        browser.await(LOADED);
        assertThat(browser.text("h1")).isEqualTo("Explain");
        assertThat(browser.texts("nav a")).doesNotContain("Timeline", "Graph", "Agents");
        assertSound(browser);
    }

    @Test
    void it_speaks_german(Browser browser) {
        browser.languages("de-DE,de");
        open(browser, "auditor", "timeline");
        assertThat(browser.text("h1")).isEqualTo("Zeitleiste");
        assertThat(browser.evaluate("document.documentElement.lang")).isEqualTo("de");
        assertSound(browser);
    }

    @Test
    void signing_out_ends_the_session(Browser browser) {
        open(browser, "reader", "timeline");
        browser.click("#person button");
        assertThat(browser.text("#notice-signed-out")).contains("signed out");
        browser.click("#notice-signed-out button");
        browser.awaitShown("#username");
        assertThat(browser.sent()).noneMatch(request -> request.uri().toString().contains("eyJhbGci"));
    }
}

package dev.keycloakmcp.itest.consent;

import static dev.keycloakmcp.itest.consent.ConsentRealm.CALLBACK;
import static dev.keycloakmcp.itest.consent.ConsentRealm.DELETE;
import static dev.keycloakmcp.itest.consent.ConsentRealm.MAIL;
import static dev.keycloakmcp.itest.consent.ConsentRealm.OTHER;
import static dev.keycloakmcp.itest.consent.ConsentRealm.READ;
import static dev.keycloakmcp.itest.consent.ConsentRealm.RISK;
import static dev.keycloakmcp.itest.consent.ConsentRealm.SERVER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.browser.Browser;
import dev.keycloakmcp.itest.browser.BrowserTest;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pages of the login theme {@code mcp}, clicked through. */
@KeycloakTest
@BrowserTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsentPageIT {

    private static final String LOCAL = "http://localhost:1/callback";

    private ConsentRealm consent;
    private TestRealm realm;

    @BeforeAll
    void configure(TestRealm empty) {
        realm = empty;
        consent = ConsentRealm.in(empty);
    }

    private URI request(String client, String redirectUri, String scope, String server, String... more) {
        Form form = ConsentRealm.request(client, redirectUri, scope, server)
                .with("response_type", "code")
                .with("state", "s")
                .with("code_challenge", OAuthClient.challenge(OAuthClient.random(32)))
                .with("code_challenge_method", "S256");
        for (int i = 0; i < more.length; i += 2) {
            form = form.with(more[i], more[i + 1]);
        }
        return realm.oauth().authorizationUri(form);
    }

    private static void signIn(Browser browser) {
        browser.signIn("alice", "alice");
        browser.awaitShown("[data-page-id=login-login-oauth-grant] #kc-page-title");
    }

    /** What the client gets; nobody listens at its redirect URI. */
    private static Form answer(Browser browser, String redirectUri) {
        browser.await("location.protocol === 'chrome-error:'");
        URI last = browser.sent().stream()
                .map(Browser.Sent::uri)
                .filter(uri -> uri.toString().startsWith(redirectUri))
                .reduce((first, second) -> second)
                .orElseThrow();
        return Form.parse(last.getRawQuery());
    }

    /** Goes to a page that sends the browser on to the client at once, where nobody listens. */
    private static void passThrough(Browser browser, URI uri) {
        assertThatThrownBy(() -> browser.open(uri)).hasStackTraceContaining("net::ERR_NAME_NOT_RESOLVED");
    }

    /** Good to read in both colour schemes, on a large and on a small screen, each of them once by axe. */
    private static void look(Browser browser, String name) {
        List<String> problems = new ArrayList<>();
        for (boolean dark : List.of(false, true)) {
            browser.dark(dark);
            for (boolean phone : List.of(false, true)) {
                String view = (dark ? "dark" : "light") + (phone ? "-phone" : "");
                if (phone) {
                    browser.phone();
                } else {
                    browser.screen(1000, 800);
                }
                browser.picture(name + "-" + view);
                if (browser.overflow() > 0) {
                    problems.add(view + ": wider than the screen by " + browser.overflow());
                }
                if (dark == phone) {
                    browser.accessibilityProblems().forEach(problem -> problems.add(view + ": " + problem));
                }
            }
        }
        browser.dark(false);
        browser.desktop();
        assertThat(problems).isEmpty();
        assertThat(browser.evaluate("[...document.querySelectorAll('*')].filter(e => e.localName === 'script'"
                        + " || [...e.attributes].some(a => a.name.startsWith('on') || a.name === 'style')).length"))
                .as("inline scripts and styles")
                .isEqualTo(0);
    }

    @Test
    void an_application_of_a_web_site_is_allowed(Browser browser) {
        String client = consent.register("Notes", CALLBACK);
        browser.open(request(client, CALLBACK, READ + " " + DELETE + " offline_access", SERVER));
        signIn(browser);

        assertThat(browser.text("#kc-page-title")).isEqualTo("Allow access?");
        assertThat(browser.text("#mcp-client-name")).isEqualTo("Notes");
        assertThat(browser.text("#mcp-client-origin"))
                .contains("chose this name itself")
                .contains("Known since ");
        assertThat(browser.text("#mcp-target")).isEqualTo("app.example.com");
        assertThat(browser.text(".mcp-site")).isEqualTo("example.com");
        assertThat(browser.text("#mcp-server-name")).isEqualTo("Files");
        assertThat(browser.text("#mcp-server-uri")).isEqualTo(SERVER);
        assertThat(browser.texts("#mcp-scopes li:not(.mcp-risky) .mcp-scope-text"))
                .contains("Read your files");
        assertThat(browser.texts("#mcp-scopes .mcp-risky .mcp-scope-text")).containsExactly("Delete your files");
        assertThat(browser.texts("#mcp-scopes .mcp-risk")).containsExactly(RISK);
        assertThat(browser.text("#mcp-acts")).contains("recorded");
        assertThat(browser.text("#mcp-duration"))
                .contains("keeps access when you sign out")
                .contains("30 days");
        assertThat(browser.evaluate("document.querySelector('#mcp-revoke a').href"))
                .isEqualTo(realm.issuer() + "/account/applications");
        assertThat(browser.evaluate("(() => { const [no, yes] = ['#kc-cancel', '#kc-login'].map(id =>"
                        + " document.querySelector(id)); const a = no.getBoundingClientRect(),"
                        + " b = yes.getBoundingClientRect(); return a.width === b.width && a.height === b.height"
                        + " && getComputedStyle(no).color === getComputedStyle(yes).color })()"))
                .as("no is as easy as yes")
                .isEqualTo(true);
        look(browser, "consent");

        browser.click("#kc-login");
        assertThat(answer(browser, CALLBACK).has("code")).isTrue();

        passThrough(browser, request(client, CALLBACK, READ, SERVER));
        assertThat(answer(browser, CALLBACK).has("code"))
                .as("the same is not asked again")
                .isTrue();
    }

    @Test
    void an_application_of_this_computer_is_denied_by_keyboard(Browser browser) {
        String client = consent.register("Terminal", LOCAL);
        browser.open(request(client, LOCAL, READ, SERVER));
        signIn(browser);

        assertThat(browser.text("#mcp-target")).isEqualTo("An application on this computer");
        assertThat(browser.text("#mcp-target-warning")).contains("Any program on this computer");
        assertThat(browser.text("#mcp-duration")).contains("as long as you are signed in");
        look(browser, "consent-loopback");

        browser.evaluate("document.querySelector('#kc-cancel').focus(), 0");
        browser.press("Enter");
        Form answer = answer(browser, LOCAL);
        assertThat(answer.get("error")).isEqualTo("access_denied");
        assertThat(answer.has("code")).isFalse();
    }

    @Test
    void a_scheme_is_shown(Browser browser) {
        String client = consent.register("Editor", "cursor://auth/callback");
        browser.open(request(client, "cursor://auth/callback", READ, SERVER));
        signIn(browser);
        assertThat(browser.text("#mcp-target")).endsWith("cursor://");
        assertThat(browser.text("#mcp-target-warning")).contains("Any application on this device");
        look(browser, "consent-scheme");
    }

    @Test
    void more_is_asked_step_by_step(Browser browser) {
        String client = consent.register("Assistant", CALLBACK);
        browser.open(request(client, CALLBACK, READ, SERVER));
        signIn(browser);
        assertThat(browser.shows("#mcp-again")).isFalse();
        browser.click("#kc-login");
        answer(browser, CALLBACK);

        browser.open(request(client, CALLBACK, READ + " " + DELETE, SERVER));
        assertThat(browser.text("#mcp-again")).contains("all of what is listed below");
        assertThat(browser.texts("#mcp-scopes li:has(.mcp-added) .mcp-scope-text"))
                .containsExactly("Delete your files");
        look(browser, "consent-step-up");
        browser.click("#kc-login");
        assertThat(answer(browser, CALLBACK).has("code")).isTrue();

        browser.open(request(client, CALLBACK, MAIL, OTHER));
        assertThat(browser.text("#mcp-again")).contains("another MCP server");
        assertThat(browser.text("#mcp-server-name")).isEqualTo("Mail");
        assertThat(browser.texts("#mcp-scopes .mcp-risk"))
                .containsExactly("This can change or reveal things that are hard to get back.");
        browser.click("#kc-cancel");
        assertThat(answer(browser, CALLBACK).get("error")).isEqualTo("access_denied");
    }

    @Test
    void the_page_speaks_german(Browser browser) {
        String client = consent.register("Notizen", CALLBACK);
        browser.open(request(client, CALLBACK, READ + " offline_access", SERVER, "ui_locales", "de"));
        signIn(browser);
        assertThat(browser.text("#kc-page-title")).isEqualTo("Zugriff erlauben?");
        assertThat(browser.text("#mcp-duration")).contains("30 Tage");
        assertThat(browser.text("#kc-cancel")).isEqualTo("Ablehnen");
        look(browser, "consent-german");

        browser.click(".mcp-languages a[lang=en]");
        browser.await("document.documentElement.lang === 'en'");
        assertThat(browser.text("#kc-page-title")).isEqualTo("Allow access?");
        browser.click("#kc-login");
        assertThat(answer(browser, CALLBACK).has("code")).isTrue();
    }

    @Test
    void other_languages_of_the_realm_fall_back_to_english(Browser browser) {
        consent.settings(settings -> settings.setSupportedLocales(Set.of("en", "de", "fr")));
        Runnable undo = consent.addRole("files", "reader");
        try {
            String client = consent.register("Notes de France", CALLBACK);
            browser.open(request(client, CALLBACK, READ + " offline_access", SERVER, "ui_locales", "fr"));
            signIn(browser);
            assertThat(browser.evaluate("document.documentElement.lang")).isEqualTo("fr");
            assertThat(browser.text("#kc-page-title")).isEqualTo("Allow access?");
            assertThat(browser.text("main")).contains("30 days").doesNotContainPattern("mcp[A-Z]");
            assertThat(browser.texts("#mcp-scopes .mcp-scope-text"))
                    .as("Keycloak's own texts are French")
                    .contains("Rôles utilisateur");
        } finally {
            undo.run();
            consent.settings(settings -> settings.setSupportedLocales(Set.of("en", "de")));
        }
    }

    @Test
    void it_works_without_javascript(Browser browser) {
        String client = consent.register("No scripts", CALLBACK);
        browser.scripts(false);
        browser.open(
                URI.create("data:text/html,%3Ctitle%3Eoff%3C/title%3E%3Cscript%3Edocument.title='on'%3C/script%3E"));
        assertThat(browser.evaluate("document.title")).isEqualTo("off");

        browser.open(request(client, CALLBACK, READ, SERVER));
        signIn(browser);
        assertThat(browser.text("#mcp-client-name")).isEqualTo("No scripts");
        browser.click(".mcp-languages a[lang=de]");
        browser.await("document.documentElement.lang === 'de'");
        browser.click(".mcp-languages a[lang=en]"); // Keycloak remembers it with the user, whom other tests share
        browser.await("document.documentElement.lang === 'en'");
        browser.click("#kc-login");
        assertThat(answer(browser, CALLBACK).has("code")).isTrue();

        browser.open(request(client, CALLBACK, MAIL, OTHER));
        browser.click("#kc-cancel");
        assertThat(answer(browser, CALLBACK).get("error")).isEqualTo("access_denied");
    }

    @Test
    @Tries({"MCP-confused-deputy-page", "LLM03"})
    void how_a_client_came_here_is_told(Browser browser) {
        String invited = consent.registerInvited("Invited", CALLBACK);
        // A text of the client's own, among its scopes, would say who it is in the page's words.
        consent.change(invited, client -> client.getAttributes()
                .putAll(Map.of("display.on.consent.screen", "true", "consent.screen.text", "${mcpHowAdmin}")));
        browser.open(request(invited, CALLBACK, READ, SERVER));
        signIn(browser);
        assertThat(browser.text("#mcp-client-origin"))
                .contains("chose this name itself")
                .contains("with a permission of an administrator")
                .contains("Known since ");
        assertThat(browser.text("body")).doesNotContain("An administrator set it up.");
        browser.click("#kc-login");
        answer(browser, CALLBACK);

        String byHand = consent.application("page-by-hand", "Company notes", CALLBACK);
        browser.open(request(byHand, CALLBACK, READ, SERVER));
        assertThat(browser.text("#mcp-client-name")).isEqualTo("Company notes");
        assertThat(browser.text("#mcp-client-origin")).isEqualTo("An administrator set it up.");
    }

    @Test
    void being_remembered_lasts_longer(Browser browser) {
        consent.settings(settings -> {
            settings.setRememberMe(true);
            settings.setSsoSessionMaxLifespanRememberMe(
                    (int) Duration.ofDays(45).toSeconds());
        });
        try {
            String client = consent.register("Remembered", CALLBACK);
            browser.open(request(client, CALLBACK, READ, SERVER));
            browser.click("#rememberMe");
            signIn(browser);
            assertThat(browser.text("#mcp-duration")).contains("At most 45 days");
            browser.click("#kc-login");
            answer(browser, CALLBACK);
            browser.open(request(client, CALLBACK, MAIL, OTHER));
            assertThat(browser.text("#mcp-duration"))
                    .as("in the same session, without a new login")
                    .contains("At most 45 days");
        } finally {
            consent.settings(settings -> settings.setRememberMe(false));
        }
    }

    @Test
    void a_device_is_named_as_what_it_is(Browser browser) {
        String client = consent.application("page-device", "Living room", CALLBACK);
        consent.change(client, representation -> representation
                .getAttributes()
                .put("oauth2.device.authorization.grant.enabled", "true"));
        browser.open(verification(client, Form.of("scope", READ)));
        signIn(browser);
        assertThat(browser.text("#mcp-target")).isEqualTo("A device that you are signing in");
        assertThat(browser.text("#mcp-target-warning")).contains("on a device in front of you");
        assertThat(browser.text("#mcp-server-none")).contains("The device names its MCP server later");
        assertThat(browser.texts("#mcp-scopes .mcp-scope-text")).contains("Read your files");
        look(browser, "consent-device");
        browser.click("#kc-login");
        browser.await("location.pathname.endsWith('/device/status')");

        browser.open(verification(client, Form.of("scope", READ + " " + MAIL).with("resource", SERVER)));
        assertThat(browser.text("#mcp-server-name")).isEqualTo("Files");
        assertThat(browser.text("#mcp-server-uri")).isEqualTo(SERVER);
        assertThat(browser.texts("#mcp-scopes .mcp-scope-text")).containsExactly("Read your files");
    }

    /** Where people go who let a device in. */
    private URI verification(String client, Form asked) {
        return URI.create(realm.oauth()
                .post(
                        URI.create(realm.issuer() + "/protocol/openid-connect/auth/device"),
                        ClientAuth.none(client),
                        asked)
                .expect(200)
                .get("verification_uri_complete"));
    }

    @Test
    void a_server_that_is_gone_is_explained(Browser browser) {
        String client = consent.register("Too late", CALLBACK);
        browser.open(request(client, CALLBACK, MAIL, OTHER));
        browser.awaitShown("#username");
        consent.change("mail", server -> server.setEnabled(false));
        try {
            browser.signIn("alice", "alice");
            browser.awaitShown("[data-page-id=login-error] #kc-page-title");
            assertThat(browser.text("#kc-page-title")).isEqualTo("There is no such MCP server here");
            assertThat(browser.texts(".mcp-card h2")).containsExactly("What you can do", "For those who help you");
            look(browser, "error-invalid-target");
        } finally {
            consent.change("mail", server -> server.setEnabled(true));
        }
    }

    @Test
    void signing_in_looks_right(Browser browser) {
        String client = consent.register("Sign-in", CALLBACK);
        for (boolean dark : List.of(false, true)) {
            browser.dark(dark);
            browser.open(request(client, CALLBACK, READ, SERVER));
            browser.awaitShown("#username");
            assertThat(browser.overflow()).isZero();
            // What Keycloak's own page has against it is not ours to mend.
            browser.screenshot("login-" + (dark ? "dark" : "light"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "unknown-client, This application is not known here",
        "redirect-uri, The answer would go to a wrong address",
        "disabled-client, This application was switched off",
    })
    void errors_are_explained(String problem, String title, Browser browser) {
        String client = consent.register("Error " + problem, CALLBACK);
        String redirectUri = CALLBACK;
        switch (problem) {
            case "unknown-client" -> client = "no-such-client";
            case "redirect-uri" -> redirectUri = "https://evil.example.com/";
            default -> consent.change(client, representation -> representation.setEnabled(false));
        }
        browser.open(request(client, redirectUri, READ, SERVER));
        assertThat(browser.text("#kc-page-title")).isEqualTo(title);
        assertThat(browser.texts(".mcp-card h2")).containsExactly("What you can do", "For those who help you");
        look(browser, "error-" + problem);

        browser.click(".mcp-languages a[lang=de]");
        browser.await("document.documentElement.lang === 'de'");
        assertThat(browser.text("#kc-page-title")).isNotEqualTo(title).doesNotContain("mcpProblem");
    }

    /** The page of a registered client that has another name since. */
    private void openPageOf(String registered, String name, Browser browser) {
        String client = consent.register(registered, CALLBACK);
        consent.change(client, representation -> representation.setName(name));
        browser.open(request(client, CALLBACK, READ, SERVER));
        signIn(browser);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "markup        | <img src=x onerror=\"window.pwned=1\"><script>window.pwned=1</script>",
                "attribute     | \" onmouseover=\"window.pwned=1\" x=\"",
                "closed tags   | </bdi></p></section></main><h1>Trusted by your company</h1>",
                "freemarker    | ${7*7} <#assign x=1> [=7*7] ${.data_model} ${client.secret}",
                "message key   | ${mcpHowAdmin}",
                "message format| {0} '{' it''s {1,choice,1#x}",
            })
    @Tries({"RFC7591-5-imitation", "ASI09"})
    void a_name_cannot_break_out(String kind, String name, Browser browser) {
        openPageOf("Hostile " + kind, name, browser);

        assertThat(browser.text("#mcp-client-name")).isEqualTo(name.length() > 80 ? name.substring(0, 80) + "…" : name);
        assertThat(browser.evaluate("window.pwned === undefined && !document.querySelector('[onmouseover], img')"))
                .isEqualTo(true);
        assertThat(browser.texts("h1")).containsExactly("Allow access?");
        assertThat(browser.text("#mcp-client-origin")).contains("chose this name itself");
        assertThat(browser.complaints()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "override,   \u202Eelgoog",
        "isolate,    \u2066Google",
        "zero width, Goo\u200Bgle",
        "Cyrillic,   Gооgle Drive",
        "full width, Ｇｏｏｇｌｅ",
        "control,    Goo\u0007gle",
        "joiner,     Goo\u200Dgle",
        "small caps, ɢᴏᴏɢʟᴇ",
    })
    @Tries({"RFC7591-5-imitation", "ASI09", "LLM03"})
    void a_name_cannot_impersonate(String kind, String name, Browser browser) {
        openPageOf("Impostor " + kind, name, browser);
        assertThat(browser.text("#mcp-client-suspicious")).contains("imitate");
        assertThat(browser.text("#mcp-client-name"))
                .doesNotContainPattern("[\u202A-\u202E\u2066-\u2069\u200B\u200D\u0007]");
        if (kind.equals("Cyrillic")) {
            look(browser, "consent-hostile-name");
        }
    }

    @Test
    @Tries({"RFC7591-5-imitation", "MCP-confused-deputy-page", "ASI09"})
    void a_long_name_and_a_look_alike_host_give_themselves_away(Browser browser) {
        String host = "accounts.google.com.signin.oauth2.v3.secure-login.www.xn--80ak6aa92e.com";
        String redirectUri = "https://" + host + "/callback";
        String client = consent.register("Google Drive " + "for your work and for your home ".repeat(6), redirectUri);
        browser.open(request(client, redirectUri, READ, SERVER));
        signIn(browser);
        assertThat(browser.text("#mcp-client-name"))
                .hasSizeLessThanOrEqualTo(81)
                .endsWith("…");
        assertThat(browser.text(".mcp-site")).isEqualTo("xn--80ak6aa92e.com");
        assertThat(browser.text(".mcp-before")).contains("…");
        assertThat(browser.text("#mcp-target-international"))
                .contains("letters outside of plain Latin")
                .endsWith("аррӏе.com");
        look(browser, "consent-hostile-host");
    }
}

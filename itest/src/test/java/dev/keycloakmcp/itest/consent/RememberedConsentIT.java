package dev.keycloakmcp.itest.consent;

import static dev.keycloakmcp.itest.consent.ConsentRealm.CALLBACK;
import static dev.keycloakmcp.itest.consent.ConsentRealm.DELETE;
import static dev.keycloakmcp.itest.consent.ConsentRealm.MAIL;
import static dev.keycloakmcp.itest.consent.ConsentRealm.OTHER;
import static dev.keycloakmcp.itest.consent.ConsentRealm.OTHER_CALLBACK;
import static dev.keycloakmcp.itest.consent.ConsentRealm.READ;
import static dev.keycloakmcp.itest.consent.ConsentRealm.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.InParallel;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which earlier answers count. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RememberedConsentIT {

    private ConsentRealm consent;
    private TestRealm realm;

    @BeforeAll
    void configure(TestRealm empty) {
        realm = empty;
        consent = ConsentRealm.in(empty);
    }

    private String registered(String name) {
        return consent.register(name, CALLBACK, OTHER_CALLBACK, "http://localhost/callback", "cursor://auth/callback");
    }

    @Test
    @Tries("LLM06-autonomy")
    void a_policy_may_ask_every_time() {
        String client = registered("every time");
        Browser browser = new Browser();
        consent.policy(Map.of("remember-consent", "false"));
        try {
            allowed(browser, client);
            assertThat(consent.ask(browser, client, CALLBACK, READ, SERVER).asksForConsent())
                    .isTrue();
        } finally {
            consent.policy(Map.of());
        }
        assertThat(consent.ask(browser, client, CALLBACK, READ, SERVER).isDone())
                .isTrue();
    }

    private Authorization allowed(Browser browser, String client) {
        Authorization authorization = consent.ask(browser, client, CALLBACK, READ, SERVER);
        assertThat(authorization.asksForConsent()).isTrue();
        Authorization done = authorization.consent(true);
        assertThat(done.isDone()).isTrue();
        return done;
    }

    @Test
    void the_same_again_is_not_asked_twice() {
        String client = registered("same again");
        Browser browser = new Browser();
        allowed(browser, client);
        assertThat(consent.ask(browser, client, CALLBACK, READ, SERVER).isDone())
                .isTrue();

        Browser another = new Browser();
        assertThat(consent.ask(another, client, CALLBACK, READ, SERVER).isDone())
                .as("nor after a new login")
                .isTrue();
        Authorization silent = consent.ask(
                another, ConsentRealm.request(client, CALLBACK, READ, SERVER).with("prompt", "none"));
        assertThat(silent.callback().has("code")).isTrue();
    }

    @Test
    @Tries({"MCP-confused-deputy-consent", "MCP-scope-minimization-omnibus"})
    void another_server_asks_again() {
        String client = registered("another server");
        Browser browser = new Browser();
        allowed(browser, client);
        Authorization mail = consent.ask(browser, client, CALLBACK, MAIL, OTHER);
        assertThat(mail.asksForConsent()).isTrue();
        mail.consent(true);
        assertThat(consent.ask(browser, client, CALLBACK, MAIL, OTHER).isDone()).isTrue();
        assertThat(consent.ask(browser, client, CALLBACK, READ, SERVER).isDone())
                .as("what was allowed before still is")
                .isTrue();
    }

    @Test
    void what_only_reports_leaves_the_token_as_it_is_and_the_page_as_well() {
        String client = registered("report");
        consent.policy(Map.of("enforcement", "report"));
        try {
            assertThat(consent.ask(new Browser(), client, CALLBACK, READ + " " + MAIL, SERVER)
                            .page()
                            .document()
                            .body()
                            .text())
                    .contains("Read your files", "Send mail in your name", "User profile");
        } finally {
            consent.policy(Map.of());
        }
    }

    @Test
    @Tries({"MCP-confused-deputy-consent", "MCP-scope-minimization-stepup"})
    void what_a_page_did_not_show_is_asked_for_once_no_policy_binds_the_token() {
        String client = consent.application("unbound-later", "Unbound later", CALLBACK);
        Browser browser = new Browser();
        Authorization bound = allowedPage(browser, client);
        assertThat(bound.page().document().body().text()).doesNotContain("User profile");
        bound.consent(true);
        consent.policy(Map.of("enforcement", "report"));
        try {
            Authorization silent = consent.ask(
                    browser,
                    ConsentRealm.request(client, CALLBACK, READ + " profile", SERVER)
                            .with("prompt", "none"));
            assertThat(silent.callback().get("error")).isEqualTo("interaction_required");
            Authorization unbound = allowedPage(browser, client);
            assertThat(unbound.page().document().body().text()).contains("User profile");
            unbound.consent(true);
            assertThat(consent.ask(browser, client, CALLBACK, READ + " profile", SERVER)
                            .isDone())
                    .isTrue();
        } finally {
            consent.policy(Map.of());
        }
        assertThat(consent.ask(browser, client, CALLBACK, READ + " profile", SERVER)
                        .asksForConsent())
                .isTrue();
    }

    private Authorization allowedPage(Browser browser, String client) {
        Authorization authorization = consent.ask(browser, client, CALLBACK, READ + " profile", SERVER);
        assertThat(authorization.asksForConsent()).isTrue();
        return authorization;
    }

    @Test
    @Tries("MCP-confused-deputy-page")
    void an_id_token_of_the_authorization_endpoint_holds_more_and_the_page_says_so() {
        String client = consent.application("hybrid", "Hybrid", CALLBACK);
        consent.change(client, hybrid -> hybrid.setImplicitFlowEnabled(true));
        Authorization authorization = consent.ask(
                new Browser(),
                ConsentRealm.request(client, CALLBACK, "openid profile " + READ, SERVER)
                        .with("response_type", "code id_token")
                        .with("nonce", "once"));
        assertThat(authorization.page().document().body().text()).contains("Read your files", "User profile");
    }

    @Test
    void what_an_id_token_tells_the_application_is_on_the_page_and_not_for_the_server() {
        String client = registered("signs in");
        Browser browser = new Browser();
        Authorization authorization = consent.ask(browser, client, CALLBACK, "openid " + READ, SERVER);
        assertThat(authorization
                        .page()
                        .document()
                        .select("#mcp-scopes li:has(.mcp-for-client)")
                        .eachText())
                .anyMatch(text -> text.contains("User profile"))
                .anyMatch(text -> text.contains("Email address"))
                .noneMatch(text -> text.contains("Read your files"));

        Reply tokens = consent.oauth()
                .code(ClientAuth.none(client), authorization.consent(true), Form.empty())
                .expect(200);
        Reply refreshed = consent.oauth()
                .refresh(ClientAuth.none(client), tokens.refreshToken(), Form.empty())
                .expect(200);
        for (Reply reply : List.of(tokens, refreshed)) {
            assertThat(Jwt.decode(reply.get("id_token")).text("email")).isEqualTo("alice@example.org");
            assertThat(Jwt.decode(reply.accessToken()).claims().has("email")).isFalse();
        }
        assertThat(consent.ask(browser, client, CALLBACK, "openid " + READ, SERVER)
                        .isDone())
                .isTrue();
        assertThat(consent.ask(browser, client, CALLBACK, READ, SERVER).isDone())
                .isTrue();
    }

    @Test
    void who_was_not_asked_about_an_id_token_is_asked_once_there_is_one() {
        String client = registered("signs in later");
        Browser browser = new Browser();
        allowed(browser, client);

        Authorization more = consent.ask(browser, client, CALLBACK, "openid " + READ, SERVER);

        assertThat(more.asksForConsent()).isTrue();
        assertThat(more.page().document().body().text()).contains("User profile");
    }

    @ParameterizedTest
    @ValueSource(strings = {"enforce", "report"})
    void a_client_may_stand_on_its_own_page_without_a_name(String enforcement) {
        String client = consent.application("nameless-" + enforcement, null, CALLBACK);
        consent.change(client, nameless -> nameless.getAttributes().put("display.on.consent.screen", "true"));
        consent.policy(Map.of("enforcement", enforcement));
        try {
            Authorization authorization = allowedPage(new Browser(), client);
            assertThat(authorization.page().document().select("#mcp-scopes li").eachText())
                    .contains(client);
            assertThat(authorization.consent(true).isDone()).isTrue();
        } finally {
            consent.policy(Map.of());
        }
    }

    @Test
    void roles_are_asked_for_where_the_server_has_any() {
        String client = registered("roles");
        Browser browser = new Browser();
        consent.ask(browser, client, CALLBACK, MAIL, OTHER).consent(true);
        Runnable undo = consent.addRole("mail", "postmaster");
        try {
            Authorization more = consent.ask(browser, client, CALLBACK, MAIL, OTHER);
            assertThat(more.asksForConsent()).isTrue();
            assertThat(more.page().document().body().text()).contains("User roles");
        } finally {
            undo.run();
        }
        assertThat(consent.ask(browser, client, CALLBACK, MAIL, OTHER).isDone()).isTrue();
    }

    @Test
    void scopes_are_not_asked_for_that_the_token_will_not_hold() {
        String client = registered("everything");
        Browser browser = new Browser();
        Authorization files = consent.ask(browser, client, CALLBACK, READ + " " + MAIL, SERVER);
        assertThat(files.page().document().body().text())
                .contains("Read your files")
                .doesNotContain("Send mail in your name", "User profile", "Email address", "User roles");
        files.consent(true);
        Authorization mail = consent.ask(browser, client, CALLBACK, MAIL, OTHER);
        assertThat(mail.asksForConsent()).isTrue();
        assertThat(mail.page().document().body().text()).contains("Send mail in your name");
    }

    @Test
    @Tries({"MCP-scope-minimization-omnibus", "MCP-confused-deputy-consent"})
    void a_server_asks_again_though_keycloak_knows_all_of_the_scopes() {
        String client = registered("known scopes");
        Browser browser = new Browser();
        allowed(browser, client);
        consent.ask(browser, client, CALLBACK, MAIL, OTHER).consent(true);
        // Without MCP scopes: the realm's default scopes alone, which were allowed for both servers.
        assertThat(consent.ask(browser, client, CALLBACK, READ, SERVER).isDone())
                .isTrue();
        Authorization both = consent.ask(browser, client, OTHER_CALLBACK, READ, SERVER);
        assertThat(both.asksForConsent()).as("another redirect host").isTrue();
    }

    @Test
    @Tries({"MCP-scope-minimization-stepup", "LLM06-autonomy"})
    void a_new_scope_asks_again_and_names_all_of_them() {
        String client = registered("step-up");
        Browser browser = new Browser();
        allowed(browser, client);
        Authorization more = consent.ask(browser, client, CALLBACK, READ + " " + DELETE, SERVER);
        assertThat(more.asksForConsent()).isTrue();
        assertThat(more.page().document().select("#mcp-scopes li").eachText())
                .anyMatch(line -> line.startsWith("Read your files") && !line.contains("New"))
                .anyMatch(line -> line.startsWith("Delete your files New Risky"));
        more.consent(true);
        assertThat(consent.ask(browser, client, CALLBACK, DELETE, SERVER).isDone())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {OTHER_CALLBACK, "http://localhost:9999/callback", "cursor://auth/callback"})
    @Tries("MCP-confused-deputy-consent")
    void another_place_for_the_answer_asks_again(String redirectUri) {
        String client = registered("another place " + redirectUri.hashCode());
        Browser browser = new Browser();
        allowed(browser, client);
        Authorization elsewhere = consent.ask(browser, client, redirectUri, READ, SERVER);
        assertThat(elsewhere.asksForConsent()).isTrue();
        assertThat(elsewhere.page().document().select("#mcp-again").text()).contains("another place");
        Authorization silent = consent.ask(
                browser, ConsentRealm.request(client, redirectUri, READ, SERVER).with("prompt", "none"));
        assertThat(silent.callback().get("error")).isEqualTo("interaction_required");
    }

    @Test
    void the_first_answer_given_many_times_at_once_is_one_answer() throws InterruptedException, ExecutionException {
        String client = registered("first answers at once");
        answeredAtOnce(client);
        realm.admin().clearUserCache();
        assertThat(consent.ask(new Browser(), client, OTHER_CALLBACK, READ, SERVER)
                        .isDone())
                .as("as the database has it")
                .isTrue();
    }

    @Test
    void the_same_answer_given_many_times_at_once_is_one_answer() throws InterruptedException, ExecutionException {
        String client = registered("answers at once");
        allowed(new Browser(), client);
        answeredAtOnce(client);
    }

    /** Eight people of the same name, each with a browser, say yes; afterwards nobody is asked. */
    private void answeredAtOnce(String client) throws InterruptedException, ExecutionException {
        List<Callable<Authorization>> answers = Stream.generate(
                        () -> consent.ask(new Browser(), client, OTHER_CALLBACK, READ, SERVER))
                .limit(8)
                .<Callable<Authorization>>map(asked -> () -> asked.consent(true))
                .toList();
        assertThat(InParallel.all(answers))
                .allSatisfy(answer -> assertThat(answer.callback().has("code")).isTrue());
        assertThat(consent.ask(new Browser(), client, OTHER_CALLBACK, READ, SERVER)
                        .isDone())
                .isTrue();
    }

    @Test
    void another_loopback_port_does_not_ask_again() {
        String client = registered("loopback ports");
        Browser browser = new Browser();
        consent.ask(browser, client, "http://localhost:1234/callback", READ, SERVER)
                .consent(true);
        assertThat(consent.ask(browser, client, "http://localhost:4321/callback", READ, SERVER)
                        .isDone())
                .isTrue();
    }

    @Test
    @Tries("ASI09")
    void no_is_no() {
        String client = registered("no");
        Browser browser = new Browser();
        Authorization denied =
                consent.ask(browser, client, CALLBACK, READ, SERVER).consent(false);
        assertThat(denied.callback().get("error")).isEqualTo("access_denied");
        assertThat(denied.callback().has("code")).isFalse();
        assertThat(consent.ask(browser, client, CALLBACK, READ, SERVER).asksForConsent())
                .isTrue();
    }

    @Test
    @Tries({"ASI09", "MCP-scope-minimization-stepup"})
    void no_to_more_leaves_what_was_allowed() {
        String client = registered("no to more");
        Browser browser = new Browser();
        allowed(browser, client);
        consent.ask(browser, client, CALLBACK, READ + " " + DELETE, SERVER).consent(false);
        assertThat(consent.ask(browser, client, CALLBACK, READ + " " + DELETE, SERVER)
                        .asksForConsent())
                .isTrue();
        assertThat(consent.ask(browser, client, CALLBACK, READ, SERVER).isDone())
                .isTrue();
    }

    @Test
    void tokens_for_what_was_allowed_go_on_while_more_is_asked_for() {
        String client = registered("refresh");
        Browser browser = new Browser();
        Authorization first = allowed(browser, client);
        Reply tokens =
                realm.oauth().code(ClientAuth.none(client), first, Form.empty()).expect(200);
        consent.ask(browser, client, CALLBACK, MAIL, OTHER).consent(true);
        realm.oauth()
                .refresh(ClientAuth.none(client), tokens.refreshToken(), Form.empty())
                .expect(200);
    }

    @Test
    @Tries({"MCP-confused-deputy-consent", "RFC8707-2-smuggle"})
    void a_pushed_request_asks_as_any_other() {
        String client = registered("pushed");
        Browser browser = new Browser();
        allowed(browser, client);
        OAuthClient oauth = realm.oauth();
        assertThat(oauth.authorizePushed(
                                ClientAuth.none(client),
                                client,
                                ConsentRealm.request(client, CALLBACK, READ, SERVER)
                                        .without("client_id"),
                                browser)
                        .isDone())
                .isTrue();
        assertThat(oauth.authorizePushed(
                                ClientAuth.none(client),
                                client,
                                ConsentRealm.request(client, OTHER_CALLBACK, READ, SERVER)
                                        .without("client_id"),
                                browser)
                        .asksForConsent())
                .isTrue();
    }

    @Test
    @Tries("ASI03-stale")
    void what_is_taken_back_is_asked_again() {
        String client = registered("taken back");
        Browser browser = new Browser();
        allowed(browser, client);
        String alice = realm.userId("alice");
        realm.admin().users().get(alice).revokeConsent(client);
        assertThat(consent.ask(browser, client, CALLBACK, READ, SERVER).asksForConsent())
                .isTrue();
        Authorization again =
                consent.ask(new Browser(), client, CALLBACK, READ, SERVER).consent(true);
        assertThat(again.isDone()).isTrue();
        assertThat(consent.ask(new Browser(), client, CALLBACK, READ, SERVER).isDone())
                .isTrue();
    }

    @Test
    @Tries({"MCP-confused-deputy-consent", "MCP-scope-minimization-omnibus"})
    void a_consent_given_elsewhere_does_not_count() {
        String client = registered("account api");
        // The account API lets people store a consent for scopes, not for a server and a place.
        if (realm.admin().clients().findByClientId("account-api").isEmpty()) {
            realm.add(Client.application("account-api").directAccess());
        }
        String token = realm.oauth()
                .token(
                        ClientAuth.none("account-api"),
                        Form.password("alice", "alice").with("scope", "openid"))
                .expect(200)
                .accessToken();
        List<Map<String, String>> scopes = realm.admin().clientScopes().findAll().stream()
                .map(scope -> Map.of("id", scope.getId(), "name", scope.getName()))
                .toList();
        Reply stored = realm.oauth()
                .sendJson(
                        "PUT",
                        URI.create(realm.issuer() + "/account/applications/" + client + "/consent"),
                        Map.of("grantedScopes", scopes),
                        token);
        JsonNode granted = stored.expect(200).json().get("grantedScopes");
        assertThat(granted).isNotEmpty();
        assertThat(consent.ask(new Browser(), client, CALLBACK, READ, SERVER).asksForConsent())
                .isTrue();
    }

    @Test
    void applications_made_by_hand_are_asked_about_in_the_same_way() {
        String client = consent.application("by-hand", "By hand", CALLBACK, OTHER_CALLBACK);
        Browser browser = new Browser();
        allowed(browser, client);
        assertThat(consent.ask(browser, client, CALLBACK, READ, SERVER).isDone())
                .isTrue();
        assertThat(consent.ask(browser, client, OTHER_CALLBACK, READ, SERVER).asksForConsent())
                .isTrue();
    }

    @Test
    @Tries("MCP-confused-deputy-consent")
    void other_themes_ask_again_too() {
        realm.settings(settings -> settings.setLoginTheme("keycloak.v2"));
        try {
            String client = registered("other theme");
            Browser browser = new Browser();
            allowed(browser, client);
            Authorization elsewhere = consent.ask(browser, client, OTHER_CALLBACK, READ, SERVER);
            assertThat(elsewhere.asksForConsent()).isTrue();
            assertThat(elsewhere.page().document().text()).contains("Grant Access to other theme");
        } finally {
            realm.settings(settings -> settings.setLoginTheme("mcp"));
        }
    }

    @Test
    void users_that_are_removed_leave_no_answers_behind() {
        String client = registered("removed user");
        String bob = realm.addUser("bob", "bob");
        Authorization first = realm.oauth()
                .authorize(ConsentRealm.request(client, CALLBACK, READ, SERVER), new Browser())
                .as("bob", "bob");
        assertThat(first.isDone()).isTrue();
        realm.admin().users().get(bob).remove();
        realm.addUser("bob", "bob");
        Authorization again = realm.oauth()
                .authorize(ConsentRealm.request(client, CALLBACK, READ, SERVER), new Browser())
                .login("bob", "bob");
        assertThat(again.asksForConsent()).isTrue();
    }

    @Test
    @Tries({"RFC9700-4.7", "MCP-session-hijack"})
    void the_form_works_in_its_own_tab_and_browser_only() {
        String client = registered("forged");
        Browser browser = new Browser();
        Authorization page = consent.ask(browser, client, CALLBACK, READ, SERVER);
        Element form = page.page().document().selectFirst("form:has([name=accept])");
        URI action = URI.create(form.absUrl("action"));

        assertThat(new Browser().submit(action, Form.of("accept", "")).left())
                .as("from a browser that did not see the page")
                .isFalse();
        for (String tab : List.of("", "tab_id=AAAAAAAAAAA")) {
            URI otherTab = URI.create(action.toString().replaceAll("tab_id=[^&]*", tab));
            assertThat(browser.submit(otherTab, Form.of("accept", "")).left())
                    .as("from another tab: %s", tab)
                    .isFalse();
        }
        Authorization done = page.consent(true);
        assertThat(done.isDone()).isTrue();
    }

    @Test
    @Tries({"RFC9700-4.7", "MCP-confused-deputy-page"})
    void a_forged_form_allows_nothing() {
        String client = registered("forged, then asked");
        Authorization page = consent.ask(new Browser(), client, CALLBACK, READ, SERVER);
        Element form = page.page().document().selectFirst("form:has([name=accept])");
        new Browser().submit(URI.create(form.absUrl("action")), Form.of("accept", ""));
        assertThat(consent.ask(new Browser(), client, CALLBACK, READ, SERVER).asksForConsent())
                .as("nothing was allowed")
                .isTrue();
    }

    @Test
    void an_error_page_explains_what_happened() {
        Form request = ConsentRealm.request("no-such-client", CALLBACK, READ, SERVER);
        Authorization unknown = realm.oauth().authorize(request, new Browser());
        assertThat(unknown.page().status()).isEqualTo(400);
        assertThat(unknown.page().document().select("h1").text()).isEqualTo("This application is not known here");

        String client = registered("wrong redirect");
        Authorization refused = realm.oauth()
                .authorize(
                        ConsentRealm.request(client, "https://evil.example.com/callback", READ, SERVER), new Browser());
        assertThat(refused.page().status()).isEqualTo(400);
        assertThat(refused.page().document().select("h1").text()).isEqualTo("The answer would go to a wrong address");
    }
}

package dev.keycloakmcp.itest.consent;

import static dev.keycloakmcp.itest.consent.ConsentRealm.CALLBACK;
import static dev.keycloakmcp.itest.consent.ConsentRealm.DELETE;
import static dev.keycloakmcp.itest.consent.ConsentRealm.MAIL;
import static dev.keycloakmcp.itest.consent.ConsentRealm.OTHER;
import static dev.keycloakmcp.itest.consent.ConsentRealm.READ;
import static dev.keycloakmcp.itest.consent.ConsentRealm.SERVER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.ClientPolicy;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.ClientRepresentation;

/** A token for an MCP server that a person was not asked about, by scopes that nobody is asked about, or by none. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnaskedAccessIT {

    private static final String HIDDEN = "mail:count";

    private ConsentRealm realm;

    @BeforeAll
    void configure(TestRealm empty) {
        realm = ConsentRealm.in(empty);
        realm.settings(settings -> settings.setResetPasswordAllowed(true));
        realm.add(Scope.named(HIDDEN).attribute("display.on.consent.screen", "false"));
        realm.change("mail", mail -> mail.getAttributes().put("mcp.scopes", MAIL + " " + HIDDEN));
        policies(Map.of());
    }

    private void policies(Map<String, String> binding) {
        realm.executors(Map.of("mcp-resource-indicator", binding, "mcp-delegation", Map.of()));
    }

    private String gateway(String clientId) {
        realm.add(Client.confidential(clientId, clientId)
                .redirects(CALLBACK)
                .consent()
                .exchanges()
                .optional(READ, MAIL, HIDDEN)
                .attribute("oauth2.device.authorization.grant.enabled", "true"));
        return clientId;
    }

    private static ClientAuth as(String client) {
        return ClientAuth.basic(client, client);
    }

    private Reply allowed(String client, String scope, String server) {
        Authorization page = realm.ask(new Browser(), client, CALLBACK, scope, server);
        assertThat(page.asksForConsent()).isTrue();
        return realm.oauth().code(as(client), page.consent(true), Form.empty()).expect(200);
    }

    /** A sign-in by the page of who forgot the password, with a yes where one is asked for. */
    private Authorization signInByForgottenPassword(Browser browser, String client) {
        Authorization page = realm.oauth()
                .open(
                        URI.create(realm.issuer() + "/login-actions/reset-credentials?"
                                + Form.of("client_id", client)
                                        .with("redirect_uri", CALLBACK)
                                        .encoded()),
                        browser);
        Element back = page.page().document().selectFirst("a[href*=login-actions/authenticate]");
        assertThat(back).as(page.page().document().text()).isNotNull();
        return realm.oauth().open(URI.create(back.absUrl("href")), browser).as("alice", "alice");
    }

    private Reply redeemed(ClientAuth client, Authorization signedIn, Form more) {
        return realm.oauth()
                .token(
                        client,
                        Form.of("grant_type", "authorization_code")
                                .with("code", signedIn.callback().get("code"))
                                .with("redirect_uri", CALLBACK)
                                .and(more));
    }

    private void isRefused(Reply reply, String error, String reason) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
        assertThat(reply.error()).as(reply.toString()).isEqualTo(error);
        assertThat(reply.errorDescription()).contains(reason);
        assertThat(reply.find("access_token")).isEmpty();
    }

    @Test
    @Tries({"MCP-confused-deputy-page", "RFC9700-2.1.1"})
    void aSignInThatBeganAtThePageOfAForgottenPasswordBindsNothingForARegisteredClient() {
        String client = realm.register("Forgetful", CALLBACK);
        ClientAuth itself = ClientAuth.none(client);
        isRefused(
                redeemed(itself, signInByForgottenPassword(new Browser(), client), Form.of("resource", SERVER)),
                "invalid_grant",
                "without a code challenge");
        isRefused(
                redeemed(itself, signInByForgottenPassword(new Browser(), client), Form.of("resource", OTHER)),
                "invalid_grant",
                "without a code challenge");
    }

    @Test
    @Tries("MCP-confused-deputy-page")
    void aSignInThatBeganAtThePageOfAForgottenPasswordBindsNothingForAClientThatAsks() {
        String client = gateway("forgetful");
        isRefused(
                redeemed(as(client), signInByForgottenPassword(new Browser(), client), Form.of("resource", SERVER)),
                "invalid_target",
                "start again at the authorization endpoint");
        allowed(client, READ, SERVER);
        isRefused(
                redeemed(as(client), signInByForgottenPassword(new Browser(), client), Form.of("resource", SERVER)),
                "invalid_target",
                "start again at the authorization endpoint");
    }

    @Test
    @Tries({"MCP-confused-deputy-page", "RFC8707-2-later"})
    void aSignInForNoServerIsForNoneLater() {
        String client = gateway("later");
        policies(Map.of("when-missing", "ignore"));
        try {
            Form request = Form.of("client_id", client).with("redirect_uri", CALLBACK);
            Authorization done = realm.ask(new Browser(), request).as("alice", "alice");
            isRefused(
                    realm.oauth().code(as(client), done, Form.of("resource", SERVER)),
                    "invalid_target",
                    "start again at the authorization endpoint");
            Authorization again = realm.ask(new Browser(), request);
            assertThat(again.isDone()).isTrue();
            Reply unbound = realm.oauth().code(as(client), again, Form.empty()).expect(200);
            assertThat(realm.oauth().verify(unbound.accessToken()).audience()).doesNotContain(SERVER);
        } finally {
            policies(Map.of());
        }
    }

    @Test
    @Tries("RFC8693-5-consent")
    void aYesForOneServerIsNoneForAnotherByExchangeWithScopesThatNobodyIsAskedAbout() {
        for (String scope : List.of("", "openid", HIDDEN, "openid " + HIDDEN)) {
            isNoneForAnother(scope);
        }
    }

    private void isNoneForAnother(String scope) {
        String client = gateway("exchange-" + scope.replaceAll("[^a-z]", "-"));
        Reply tokens = allowed(client, READ, SERVER);
        Form asked = scope.isEmpty() ? Form.empty() : Form.of("scope", scope);
        isRefused(
                realm.oauth().exchange(as(client), tokens.accessToken(), asked.with("resource", OTHER)),
                "invalid_scope",
                "has not allowed");
        realm.oauth()
                .exchange(
                        as(client),
                        tokens.accessToken(),
                        Form.of("scope", "openid").with("resource", SERVER))
                .expect(200);
        allowed(client, MAIL, OTHER);
        realm.oauth()
                .exchange(as(client), tokens.accessToken(), asked.with("resource", OTHER))
                .expect(200);
    }

    private Reply device(String client, String scope, Form more) {
        return device(client, scope, more, () -> {});
    }

    /** @param meanwhile happens once the person said yes */
    private Reply device(String client, String scope, Form more, Runnable meanwhile) {
        Reply device = realm.oauth()
                .post(realm.oauth().endpoint("auth/device"), as(client), Form.of("scope", scope))
                .expect(200);
        realm.oauth()
                .open(URI.create(device.get("verification_uri_complete")), new Browser())
                .as("alice", "alice");
        meanwhile.run();
        return realm.oauth()
                .token(
                        as(client),
                        Form.of("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
                                .with("device_code", device.get("device_code"))
                                .and(more));
    }

    @Test
    @Tries("MCP-confused-deputy-consent")
    void aDeviceUsesNoServerThatUnderstandsNothingOfItsPage() {
        String client = gateway("device");
        isRefused(device(client, "openid", Form.of("resource", SERVER)), "invalid_scope", "has not allowed");
        isRefused(device(client, "openid " + READ, Form.of("resource", OTHER)), "invalid_scope", "has not allowed");
        isRefused(
                device(client, "openid " + READ + " " + HIDDEN, Form.of("resource", OTHER)),
                "invalid_scope",
                "has not allowed");
        Reply tokens =
                device(client, "openid " + READ, Form.of("resource", SERVER)).expect(200);
        realm.oauth().refresh(as(client), tokens.refreshToken(), Form.empty()).expect(200);
        isRefused(
                realm.oauth()
                        .exchange(
                                as(client),
                                tokens.accessToken(),
                                Form.of("scope", "openid").with("resource", OTHER)),
                "invalid_scope",
                "has not allowed");
        isRefused(
                realm.oauth()
                        .exchange(
                                as(client),
                                tokens.accessToken(),
                                Form.of("scope", "openid " + HIDDEN).with("resource", OTHER)),
                "invalid_scope",
                "has not allowed");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Tries({"MCP-confused-deputy-consent", "ASI03-impersonation"})
    void theYesOfAnAdministratorWhoTookOverASessionSparesThePersonNoPage(boolean afterALoginPage) {
        String client = gateway("taken-over-" + afterALoginPage);
        Browser browser = new Browser();
        if (afterALoginPage) {
            realm.oauth().authorize(ConsentRealm.request(client, CALLBACK, READ, SERVER), browser);
        }
        Reply session = realm.oauth()
                .send(HttpRequest.newBuilder(realm.adminUri("users/" + realm.userId("alice") + "/impersonation"))
                        .header("Authorization", "Bearer " + realm.server().adminToken())
                        .POST(HttpRequest.BodyPublishers.noBody()));
        browser.keep(session.expect(200).headers().allValues("Set-Cookie"));
        Authorization page = realm.ask(browser, client, CALLBACK, READ, SERVER);
        assertThat(page.asksForConsent()).isTrue();
        Reply taken =
                realm.oauth().code(as(client), page.consent(true), Form.empty()).expect(200);
        Reply own = allowed(client, READ, SERVER);
        Authorization other = realm.ask(browser, client, CALLBACK, MAIL, OTHER);
        assertThat(other.asksForConsent()).isTrue();
        realm.oauth().code(as(client), other.consent(true), Form.empty()).expect(200);
        Form mail = Form.of("scope", MAIL).with("resource", OTHER);
        isRefused(realm.oauth().exchange(as(client), own.accessToken(), mail), "invalid_scope", "");
        isRefused(
                realm.oauth()
                        .exchange(
                                as(client),
                                own.accessToken(),
                                Form.of("scope", "openid").with("resource", OTHER)),
                "invalid_scope",
                "has not allowed");
        realm.oauth().exchange(as(client), taken.accessToken(), mail).expect(200);
        realm.oauth().refresh(as(client), taken.refreshToken(), Form.empty()).expect(200);
        assertThat(realm.ask(new Browser(), client, CALLBACK, READ, SERVER).isDone())
                .isTrue();
    }

    @Test
    @Tries({"MCP-confused-deputy-page", "RFC8693-5-consent"})
    void aPageThatNamedNoServerIsNoYesToOneWhereThePolicyLooksAtTheRequestAlone() {
        realm.add(Client.confidential("bystander", "bystander")
                .redirects(CALLBACK)
                .consent()
                .exchanges()
                .defaults("basic", "profile")
                .optional(READ, MAIL));
        ClientPolicy.replace(
                realm.admin(),
                List.of(new ClientPolicy(
                        "mcp",
                        true,
                        Map.of("mcp-resource", Map.of()),
                        Map.of("mcp-resource-indicator", Map.of(), "mcp-delegation", Map.of()))));
        try {
            Form request = Form.of("client_id", "bystander")
                    .with("redirect_uri", CALLBACK)
                    .with("scope", "openid");
            Authorization answered = realm.ask(new Browser(), request).as("alice", "alice");
            Reply tokens =
                    realm.oauth().code(as("bystander"), answered, Form.empty()).expect(200);
            isRefused(
                    realm.oauth().refresh(as("bystander"), tokens.refreshToken(), Form.of("resource", OTHER)),
                    "invalid_scope",
                    "has not allowed");
            isRefused(
                    realm.oauth()
                            .exchange(
                                    as("bystander"),
                                    tokens.accessToken(),
                                    Form.of("scope", "openid").with("resource", OTHER)),
                    "invalid_scope",
                    "has not allowed");
            realm.addUser("carol", "carol");
            Authorization other = realm.oauth()
                    .authorize(ConsentRealm.request("bystander", CALLBACK, "openid", OTHER), new Browser())
                    .as("carol", "carol");
            realm.oauth().code(as("bystander"), other, Form.empty()).expect(200);
            isRefused(
                    realm.oauth()
                            .exchange(
                                    as("bystander"),
                                    tokens.accessToken(),
                                    Form.of("scope", "openid").with("resource", OTHER)),
                    "invalid_scope",
                    "has not allowed");
            realm.oauth()
                    .refresh(as("bystander"), tokens.refreshToken(), Form.empty())
                    .expect(200);
        } finally {
            policies(Map.of());
        }
    }

    @Test
    @Tries("MCP-confused-deputy-page")
    void aPageForADeviceNamesTheServerThatAPolicyForTheRequestAloneBoundItTo() {
        String client = gateway("request-bound-device");
        ClientPolicy.replace(
                realm.admin(),
                List.of(new ClientPolicy(
                        "mcp",
                        true,
                        Map.of("mcp-resource", Map.of()),
                        Map.of("mcp-resource-indicator", Map.of(), "mcp-delegation", Map.of()))));
        try {
            Reply device = realm.oauth()
                    .post(
                            realm.oauth().endpoint("auth/device"),
                            as(client),
                            Form.of("scope", "openid " + READ).with("resource", SERVER))
                    .expect(200);
            Authorization asked = realm.oauth()
                    .open(URI.create(device.get("verification_uri_complete")), new Browser())
                    .login("alice", "alice");
            assertThat(asked.page().document().text()).contains(SERVER).doesNotContain("names its MCP server later");
        } finally {
            policies(Map.of());
        }
    }

    private String lasting(String clientId) {
        realm.add(Client.confidential(clientId, clientId)
                .redirects(CALLBACK)
                .consent()
                .exchanges()
                .optional(READ, DELETE, MAIL, "offline_access"));
        return clientId;
    }

    @Test
    @Tries({"RFC8693-5-consent", "RFC9700-4.14"})
    void aYesWhileSignedInIsNoneByExchangeOfAnOfflineToken() {
        String client = lasting("outlasting");
        Reply offline = allowed(client, READ + " offline_access", SERVER);
        allowed(client, MAIL, OTHER);
        Form mail = Form.of("scope", MAIL).with("resource", OTHER);
        isRefused(realm.oauth().exchange(as(client), offline.accessToken(), mail), "invalid_scope", "");
        Reply refreshed = realm.oauth()
                .refresh(as(client), offline.refreshToken(), Form.empty())
                .expect(200);
        isRefused(realm.oauth().exchange(as(client), refreshed.accessToken(), mail), "invalid_scope", "");
        realm.oauth()
                .exchange(
                        as(client),
                        refreshed.accessToken(),
                        Form.of("scope", READ).with("resource", SERVER))
                .expect(200);
        allowed(client, MAIL + " offline_access", OTHER);
        realm.oauth().exchange(as(client), refreshed.accessToken(), mail).expect(200);
    }

    @Test
    @Tries({"RFC8693-5-consent", "RFC9700-4.14"})
    void aYesForAShortSessionIsNoneForALongOneByExchange() {
        realm.settings(settings -> {
            settings.setRememberMe(true);
            settings.setSsoSessionMaxLifespanRememberMe(30 * 24 * 3600);
        });
        try {
            String client = lasting("remembered-longer");
            allowed(client, MAIL, OTHER);
            Reply remembered = realm.oauth()
                    .code(
                            as(client),
                            realm.oauth()
                                    .authorize(ConsentRealm.request(client, CALLBACK, READ, SERVER), new Browser())
                                    .loginToStay("alice", "alice")
                                    .consent(true),
                            Form.empty())
                    .expect(200);
            Form mail = Form.of("scope", MAIL).with("resource", OTHER);
            isRefused(realm.oauth().exchange(as(client), remembered.accessToken(), mail), "invalid_scope", "");
            Authorization spared = realm.ask(new Browser(), client, CALLBACK, READ, SERVER);
            Reply brief = realm.oauth().code(as(client), spared, Form.empty()).expect(200);
            realm.oauth().exchange(as(client), brief.accessToken(), mail).expect(200);
        } finally {
            realm.settings(settings -> settings.setRememberMe(false));
        }
    }

    @Test
    @Tries({"RFC8693-5-consent", "RFC9700-4.14"})
    void aLongerSessionTakesNothingAwayThatATokenHoldsAndAddsNothing() {
        String client = lasting("outgrown");
        allowed(client, MAIL, OTHER);
        allowed(client, DELETE, SERVER);
        Reply tokens = allowed(client, READ, SERVER);
        Form read = Form.of("scope", READ).with("resource", SERVER);
        realm.settings(settings -> settings.setSsoSessionMaxLifespan(20 * 3600));
        try {
            realm.oauth().exchange(as(client), tokens.accessToken(), read).expect(200);
            isRefused(
                    realm.oauth()
                            .exchange(
                                    as(client),
                                    tokens.accessToken(),
                                    Form.of("scope", DELETE).with("resource", SERVER)),
                    "invalid_scope",
                    "");
            isRefused(
                    realm.oauth()
                            .exchange(
                                    as(client),
                                    tokens.accessToken(),
                                    Form.of("scope", MAIL).with("resource", OTHER)),
                    "invalid_scope",
                    "");
        } finally {
            realm.settings(settings -> settings.setSsoSessionMaxLifespan(10 * 3600));
        }
        realm.oauth()
                .exchange(
                        as(client),
                        tokens.accessToken(),
                        Form.of("scope", DELETE).with("resource", SERVER))
                .expect(200);
    }

    private static void refreshes(ClientRepresentation client, boolean refreshes) {
        client.getAttributes().put("use.refresh.tokens", String.valueOf(refreshes));
    }

    @Test
    @Tries({"MCP-confused-deputy-page", "RFC9700-4.14"})
    void aClientThatTakesRefreshTokensOnceItWasAllowedNoneGetsNothing() {
        String client = gateway("grown-since");
        realm.change(client, changed -> refreshes(changed, false));
        Authorization page = realm.ask(new Browser(), client, CALLBACK, READ, SERVER);
        assertThat(page.page().document().text()).contains("minute");
        Authorization answered = page.consent(true);
        realm.change(client, changed -> refreshes(changed, true));
        isRefused(realm.oauth().code(as(client), answered, Form.empty()), "invalid_scope", "consent");

        realm.change(client, changed -> refreshes(changed, false));
        isRefused(
                device(
                        client,
                        "openid " + READ,
                        Form.of("resource", SERVER),
                        () -> realm.change(client, changed -> refreshes(changed, true))),
                "invalid_scope",
                "consent");
        Authorization again = realm.ask(new Browser(), client, CALLBACK, READ, SERVER);
        assertThat(again.asksForConsent()).isTrue();
        realm.oauth().code(as(client), again.consent(true), Form.empty()).expect(200);
    }

    @Test
    @Tries({"MCP-confused-deputy-page", "RFC9700-4.14"})
    void aLoginThatBeganElsewhereAsksAboutTheLongerSessionOfTheBrowser() {
        realm.settings(settings -> {
            settings.setRememberMe(true);
            settings.setSsoSessionMaxLifespanRememberMe(30 * 24 * 3600);
        });
        try {
            String client = lasting("led-astray");
            realm.add(Client.confidential("doorway", "doorway").redirects(CALLBACK));
            allowed(client, READ, SERVER);
            Browser browser = new Browser();
            Authorization remembered = realm.oauth()
                    .authorize(Form.of("client_id", "doorway").with("redirect_uri", CALLBACK), browser)
                    .loginToStay("alice", "alice");
            assertThat(remembered.isDone()).isTrue();
            realm.oauth()
                    .open(URI.create(realm.issuer() + "/login-actions/reset-credentials?client_id=account"), browser);
            assertThat(realm.ask(browser, client, CALLBACK, READ, SERVER).asksForConsent())
                    .isTrue();
        } finally {
            realm.settings(settings -> settings.setRememberMe(false));
        }
    }

    @Test
    @Tries({"RFC8693-5-consent", "RFC9700-4.14"})
    void anOfflineTokenOfNoServerIsNotForOneThatWasAllowedWhileSignedIn() {
        String client = lasting("unbound");
        policies(Map.of("when-missing", "ignore"));
        try {
            Form request =
                    Form.of("client_id", client).with("redirect_uri", CALLBACK).with("scope", READ + " offline_access");
            Authorization answered = realm.ask(new Browser(), request).as("alice", "alice");
            Reply unbound =
                    realm.oauth().code(as(client), answered, Form.empty()).expect(200);
            Form bind = Form.of("resource", SERVER);
            isRefused(realm.oauth().refresh(as(client), unbound.refreshToken(), bind), "invalid_scope", "");
            allowed(client, READ, SERVER);
            isRefused(realm.oauth().refresh(as(client), unbound.refreshToken(), bind), "invalid_scope", "");
            allowed(client, READ + " offline_access", SERVER);
            realm.oauth().refresh(as(client), unbound.refreshToken(), bind).expect(200);
        } finally {
            policies(Map.of());
        }
    }

    @Test
    void aYesToOneServerTakesNoneAwayThatNobodyIsAskedAbout() {
        realm.add(Client.confidential("half", "half")
                .redirects(CALLBACK)
                .consent()
                .defaults("basic")
                .optional(READ, HIDDEN));
        allowed("half", READ, SERVER);
        Authorization done = realm.ask(new Browser(), "half", CALLBACK, HIDDEN, OTHER);
        assertThat(done.isDone()).as("no page").isTrue();
        Reply tokens = realm.oauth().code(as("half"), done, Form.empty()).expect(200);
        assertThat(realm.oauth().verify(tokens.accessToken()).audience()).containsExactly(OTHER);
        realm.oauth().refresh(as("half"), tokens.refreshToken(), Form.empty()).expect(200);
    }

    @Test
    void whereAdministratorsWantNoQuestionThereIsNone() {
        realm.add(Client.confidential("silent", "silent")
                .redirects(CALLBACK)
                .consent()
                .exchanges()
                .defaults("basic")
                .optional(HIDDEN));
        Authorization done = realm.ask(new Browser(), "silent", CALLBACK, HIDDEN, OTHER);
        assertThat(done.isDone()).as("no page").isTrue();
        Reply tokens = realm.oauth().code(as("silent"), done, Form.empty()).expect(200);
        assertThat(realm.oauth().verify(tokens.accessToken()).audience()).containsExactly(OTHER);
        realm.oauth().refresh(as("silent"), tokens.refreshToken(), Form.empty()).expect(200);
        realm.oauth()
                .exchange(
                        as("silent"),
                        tokens.accessToken(),
                        Form.of("resource", OTHER).with("scope", HIDDEN))
                .expect(200);
    }
}

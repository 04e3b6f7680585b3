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
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.keycloak.representations.idm.ClientInitialAccessCreatePresentation;

/** Access goes as far as the consent page said, and no further: in time, to servers, and by every grant. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsentedAccessIT {

    private static final String SHARED = "mcp:tools";
    private static final int HOURS = 3600;

    private ConsentRealm consent;
    private TestRealm realm;

    @BeforeAll
    void configure(TestRealm empty) {
        realm = empty;
        consent = ConsentRealm.in(empty);
        realm.add(Scope.named(SHARED).onConsentPage("Use the tools"));
        consent.change(
                "files", files -> files.getAttributes().put("mcp.scopes", String.join(" ", READ, DELETE, SHARED)));
        consent.change("mail", mail -> mail.getAttributes().put("mcp.scopes", String.join(" ", MAIL, SHARED)));
        policies(Map.of(), Map.of());
    }

    /** A client with a secret, which exchanges the tokens of its users, who are asked. */
    private String gateway(String clientId) {
        realm.add(Client.confidential(clientId, clientId)
                .redirects(CALLBACK)
                .consent()
                .exchanges()
                .optional(READ, DELETE, MAIL, SHARED, "offline_access")
                .attribute("oauth2.device.authorization.grant.enabled", "true"));
        return clientId;
    }

    private static ClientAuth as(String client) {
        return ClientAuth.basic(client, client);
    }

    private Authorization asked(Browser browser, String client, String scope, String server) {
        Authorization page = consent.ask(browser, client, CALLBACK, scope, server);
        assertThat(page.asksForConsent()).as("%s at %s", scope, server).isTrue();
        return page;
    }

    private Reply tokens(String client, Authorization done) {
        return realm.oauth().code(as(client), done, Form.empty()).expect(200);
    }

    private Reply exchanged(String client, Reply tokens, String scope, String server) {
        return realm.oauth()
                .exchange(
                        as(client),
                        tokens.accessToken(),
                        Form.of("scope", scope).with("resource", server));
    }

    private static String text(Authorization page) {
        return page.page().document().body().text();
    }

    private void isNotSilent(Browser browser, String client, String scope, String server) {
        Authorization silent = consent.ask(
                browser, ConsentRealm.request(client, CALLBACK, scope, server).with("prompt", "none"));
        assertThat(silent.callback().get("error")).isEqualTo("interaction_required");
        assertThat(silent.callback().has("code")).isFalse();
    }

    @Test
    @Tries("MCP-confused-deputy-consent")
    void offlineAccessIsNotPutTogetherOfTwoAnswers() {
        String client = gateway("two-answers");
        Browser browser = new Browser();
        asked(browser, client, READ + " offline_access", SERVER).consent(true);
        assertThat(text(asked(browser, client, MAIL, OTHER))).doesNotContain("also when you are not signed in");
        consent.ask(browser, client, CALLBACK, MAIL, OTHER).consent(true);

        isNotSilent(browser, client, MAIL + " offline_access", OTHER);
        Authorization page = asked(browser, client, MAIL + " offline_access", OTHER);
        assertThat(page.page().document().select("#mcp-duration.mcp-risky")).isNotEmpty();
        assertThat(page.page().document().select("#mcp-again").text()).contains("for longer");
        assertThat(tokens(client, page.consent(true)).get("scope")).contains("offline_access");
        assertThat(consent.ask(browser, client, CALLBACK, MAIL, OTHER).isDone())
                .as("less is covered")
                .isTrue();
    }

    @Test
    @Tries("MCP-confused-deputy-consent")
    void offlineAccessToOneScopeIsNoneToAnother() {
        String client = gateway("two-scopes");
        Browser browser = new Browser();
        asked(browser, client, READ, SERVER).consent(true);
        asked(browser, client, DELETE + " offline_access", SERVER).consent(true);
        isNotSilent(browser, client, READ + " offline_access", SERVER);
        assertThat(consent.ask(browser, client, CALLBACK, DELETE + " offline_access", SERVER)
                        .isDone())
                .isTrue();
    }

    @Test
    @Tries("MCP-confused-deputy-consent")
    void longerAccessThanThePageSaidIsAskedFor() {
        String client = gateway("longer");
        realm.settings(settings -> settings.setSsoSessionMaxLifespan(10 * HOURS));
        Browser browser = new Browser();
        asked(browser, client, READ, SERVER).consent(true);
        realm.settings(settings -> settings.setSsoSessionMaxLifespan(9 * HOURS));
        assertThat(consent.ask(browser, client, CALLBACK, READ, SERVER).isDone())
                .as("shorter")
                .isTrue();
        realm.settings(settings -> settings.setSsoSessionMaxLifespan(11 * HOURS));
        isNotSilent(browser, client, READ, SERVER);
        realm.settings(settings -> settings.setSsoSessionMaxLifespan(10 * HOURS));
    }

    @Test
    @Tries("RFC8693-5-consent")
    void aScopeThatThePageDidNotShowIsNotExchangedFor() {
        String client = gateway("unseen");
        Authorization page = asked(new Browser(), client, READ + " " + MAIL, SERVER);
        assertThat(text(page)).contains("Read your files").doesNotContain("Send mail in your name");
        Reply tokens = tokens(client, page.consent(true));

        assertThat(realm.admin().users().get(realm.userId("alice")).getConsents().stream()
                        .filter(given -> client.equals(given.get("clientId")))
                        .flatMap(given -> ((List<?>) given.get("grantedClientScopes")).stream())
                        .map(Object::toString))
                .as("Keycloak's own record")
                .contains(READ)
                .doesNotContain(MAIL);
        Reply refused = exchanged(client, tokens, MAIL, OTHER);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error()).isEqualTo("invalid_scope");
        assertThat(refused.errorDescription()).contains("not allowed");
        exchanged(client, tokens, READ, SERVER).expect(200);
    }

    @Test
    @Tries("RFC8693-5-consent")
    void aYesForOneServerIsNoneForAnotherByExchange() {
        String client = gateway("shared");
        Reply tokens =
                tokens(client, asked(new Browser(), client, SHARED, SERVER).consent(true));
        assertThat(exchanged(client, tokens, SHARED, OTHER).error()).isEqualTo("invalid_scope");
        exchanged(client, tokens, SHARED, SERVER).expect(200);
        asked(new Browser(), client, SHARED, OTHER).consent(true);
        exchanged(client, tokens, SHARED, OTHER).expect(200);
    }

    @Test
    @Tries("RFC8693-5-consent")
    void aConsentStoredByTheAccountApiIsNoneByExchange() {
        String client = gateway("account-exchange");
        Reply tokens = tokens(client, asked(new Browser(), client, READ, SERVER).consent(true));
        storeAll(client);
        assertThat(exchanged(client, tokens, MAIL, OTHER).error()).isEqualTo("invalid_scope");
    }

    /** Everything the realm has, as allowed by alice to a client. */
    private void storeAll(String client) {
        if (realm.admin().clients().findByClientId("account-api").isEmpty()) {
            realm.add(Client.application("account-api").directAccess());
        }
        String token = realm.oauth()
                .token(
                        ClientAuth.none("account-api"),
                        Form.password("alice", "alice").with("scope", "openid"))
                .expect(200)
                .accessToken();
        realm.oauth()
                .sendJson(
                        "PUT",
                        URI.create(realm.issuer() + "/account/applications/" + client + "/consent"),
                        Map.of(
                                "grantedScopes",
                                realm.admin().clientScopes().findAll().stream()
                                        .map(scope -> Map.of("id", scope.getId(), "name", scope.getName()))
                                        .toList()),
                        token)
                .expect(200);
    }

    @Test
    @Tries({"RFC8693-5-revocation", "ASI03-stale"})
    void whatIsTakenBackEndsRefreshAndExchange() {
        String client = gateway("taken-back");
        Reply tokens = tokens(client, asked(new Browser(), client, READ, SERVER).consent(true));
        realm.oauth().refresh(as(client), tokens.refreshToken(), Form.empty()).expect(200);
        realm.admin().users().get(realm.userId("alice")).revokeConsent(client);
        assertThat(realm.oauth()
                        .refresh(as(client), tokens.refreshToken(), Form.empty())
                        .status())
                .isEqualTo(400);
        assertThat(exchanged(client, tokens, READ, SERVER).status()).isEqualTo(400);
        storeAll(client);
        assertThat(realm.oauth()
                        .refresh(as(client), tokens.refreshToken(), Form.empty())
                        .status())
                .as("nor does a consent without a page bring it back")
                .isEqualTo(400);
    }

    @Test
    @Tries("MCP-scope-minimization-omnibus")
    void tokensOfSeveralServersAreRefreshedEachByItsOwnAnswer() {
        String client = gateway("several");
        Browser browser = new Browser();
        Reply files = tokens(
                client, asked(browser, client, READ + " " + SHARED, SERVER).consent(true));
        Reply mail = tokens(client, asked(browser, client, MAIL, OTHER).consent(true));
        assertThat(realm.oauth()
                        .refresh(as(client), files.refreshToken(), Form.empty())
                        .expect(200)
                        .get("scope"))
                .contains(READ);
        assertThat(realm.oauth()
                        .refresh(as(client), mail.refreshToken(), Form.empty())
                        .expect(200)
                        .get("scope"))
                .contains(MAIL)
                .doesNotContain(SHARED);
    }

    private Reply device(String client, Form asked) {
        Reply device = realm.oauth()
                .post(realm.oauth().endpoint("auth/device"), as(client), asked)
                .expect(200);
        realm.oauth()
                .open(URI.create(device.get("verification_uri_complete")), new Browser())
                .as("alice", "alice");
        return device;
    }

    private Reply polled(String client, Reply device, Form more) {
        return realm.oauth()
                .token(
                        as(client),
                        Form.of("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
                                .with("device_code", device.get("device_code"))
                                .and(more));
    }

    @Test
    @Tries("RFC8693-5-consent")
    void aDeviceGetsWhatItsPageShowed() {
        String client = gateway("device");
        Reply device = device(client, Form.of("scope", READ + " " + MAIL).with("resource", SERVER));
        Reply tokens = polled(client, device, Form.empty()).expect(200);
        assertThat(tokens.get("scope")).contains(READ).doesNotContain(MAIL);
        realm.oauth().refresh(as(client), tokens.refreshToken(), Form.empty()).expect(200);
        assertThat(exchanged(client, tokens, MAIL, OTHER).error()).isEqualTo("invalid_scope");
        asked(new Browser(), client, READ, SERVER);
    }

    @Test
    @Tries("MCP-confused-deputy-consent")
    void aDeviceThatNamesItsServerLaterIsAskedAboutOnce() {
        String client = gateway("device-later");
        Reply device = device(client, Form.of("scope", READ + " " + MAIL));
        Reply tokens = polled(client, device, Form.of("resource", OTHER)).expect(200);
        realm.oauth().refresh(as(client), tokens.refreshToken(), Form.empty()).expect(200);
        exchanged(client, tokens, READ, SERVER).expect(200);
        assertThat(exchanged(client, tokens, DELETE, SERVER).error()).isEqualTo("invalid_scope");
    }

    @Test
    @Tries({"MCP-confused-deputy-page", "RFC8707-2-smuggle"})
    void aDeviceThatNoPolicyGovernsHidesNothingBehindAServerThatItNames() {
        realm.add(Client.confidential("living-room", "living-room")
                .redirects(CALLBACK)
                .consent()
                .optional("address", "phone")
                .attribute("oauth2.device.authorization.grant.enabled", "true"));
        for (String name : List.of("mcp_resource", "resource", "additional_param_resource")) {
            Reply device = realm.oauth()
                    .post(
                            realm.oauth().endpoint("auth/device"),
                            as("living-room"),
                            Form.of("scope", "openid address phone").with(name, SERVER))
                    .expect(200);
            Authorization page = realm.oauth()
                    .open(URI.create(device.get("verification_uri_complete")), new Browser())
                    .login("alice", "alice");
            assertThat(page.page().document().select("#mcp-server-uri"))
                    .as(name)
                    .isEmpty();
            assertThat(page.page()
                            .document()
                            .select("#mcp-scopes .mcp-scope-text")
                            .eachText())
                    .as(name)
                    .contains("Address", "Phone number");
        }
    }

    @Test
    @Tries({"MCP-confused-deputy-page", "RFC8707-2-smuggle"})
    void aDeviceDoesNotWriteTheBindingItself() {
        String client = gateway("device-by-itself");
        Form smuggled = Form.of("scope", READ + " " + MAIL)
                .with("mcp_resource", SERVER)
                .with("additional_param_mcp_resource", SERVER);
        Reply device = device(client, smuggled);
        Reply tokens = polled(client, device, Form.of("resource", OTHER)).expect(200);
        assertThat(realm.oauth().verify(tokens.accessToken()).audience()).containsExactly(OTHER);
    }

    @Test
    void aServerThatAdministratorsTrustExchangesWithoutAsking() {
        realm.add(Client.server("trusted", "trusted", "https://trusted.example.com/mcp", SHARED)
                .exchanges()
                .optional(MAIL));
        consent.change("trusted", trusted -> trusted.getAttributes().put("mcp.scopes", "trusted:use"));
        realm.add(Scope.named("trusted:use").onConsentPage("Use what is trusted"));
        realm.add(Client.confidential("desk", "desk")
                .redirects(CALLBACK)
                .consent()
                .optional("trusted:use"));
        Reply tokens = tokens(
                "desk",
                asked(new Browser(), "desk", "trusted:use", "https://trusted.example.com/mcp")
                        .consent(true));
        Reply downstream = exchanged("trusted", tokens, MAIL, OTHER).expect(200);
        assertThat(downstream.get("scope")).contains(MAIL);
    }

    @Test
    @Tries("RFC8693-5-consent")
    void aSessionThatIsNotKeptExchangesByTheSameAnswers() {
        String client = gateway("transient");
        Reply offline = tokens(
                client,
                asked(new Browser(), client, READ + " offline_access", SERVER).consent(true));
        exchanged(client, offline, READ, SERVER).expect(200);
        assertThat(exchanged(client, offline, MAIL, OTHER).error()).isEqualTo("invalid_scope");
    }

    private Authorization pushed(String client, Form request, Form atAuthorization) {
        String requestUri = realm.oauth()
                .push(
                        as(client),
                        request.without("client_id")
                                .with("response_type", "code")
                                .with("state", "s")
                                .with("code_challenge", OAuthClient.challenge("v".repeat(43)))
                                .with("code_challenge_method", "S256"))
                .expect(201)
                .get("request_uri");
        return realm.oauth()
                .authorize(
                        Form.of("client_id", client)
                                .with("request_uri", requestUri)
                                .and(atAuthorization),
                        new Browser());
    }

    private static Form withoutResource(String client) {
        return ConsentRealm.request(client, CALLBACK, READ, SERVER).without("resource");
    }

    @Test
    @Tries({"RFC8707-2-smuggle", "RFC8707-2-later"})
    void theServerInferredFromAPushedRequestIsNotAnotherOneLater() {
        String client = gateway("pushed");
        Authorization other = pushed(client, withoutResource(client), Form.of("resource", OTHER));
        assertThat(other.callback().get("error")).isEqualTo("invalid_target");
        Authorization forged = pushed(client, withoutResource(client).with("mcp_resource", OTHER), Form.empty());
        assertThat(forged.login("alice", "alice")
                        .page()
                        .document()
                        .select("#mcp-server-uri")
                        .text())
                .isEqualTo(SERVER);
    }

    @Test
    @Tries("MCP-confused-deputy-page")
    void thePageOfAClientThatNoPolicyGovernsNamesNoServer() {
        realm.add(Client.application("bystander", CALLBACK).consent().optional("offline_access"));
        Authorization page = asked(new Browser(), "bystander", "openid offline_access", SERVER);
        assertThat(page.page().document().select("#mcp-server-uri")).isEmpty();
        assertThat(text(page)).doesNotContain(SERVER);
    }

    @Test
    @Tries({"RFC7591-5-imitation", "MCP-confused-deputy-consent"})
    void aYesToAClientNamedAsAScopeIsNoneToTheScope() {
        String client = gateway(SHARED);
        consent.change(client, named -> named.getAttributes().put("display.on.consent.screen", "true"));
        Browser browser = new Browser();
        asked(browser, client, "openid " + SHARED, SERVER).consent(true);
        asked(browser, client, "openid", OTHER).consent(true);
        isNotSilent(browser, client, "openid " + SHARED, OTHER);
    }

    @Test
    @Tries({"RFC7591-5-imitation", "RFC7591-5-stock", "MCP-confused-deputy-page", "LLM03"})
    void aClientThatRegisteredAtAnEndpointOfKeycloaksOwnIsNotTakenForOneOfAnAdministrator() {
        String invitation = realm.admin()
                .clientInitialAccess()
                .create(new ClientInitialAccessCreatePresentation(60, 2))
                .getToken();
        for (String name : List.of("Goog\u217ce", "${mcpHowAdmin}")) {
            String client = realm.oauth()
                    .postJson(
                            URI.create(realm.issuer() + "/clients-registrations/default"),
                            Map.of(
                                    "name",
                                    name,
                                    "redirectUris",
                                    List.of(CALLBACK),
                                    "publicClient",
                                    true,
                                    "consentRequired",
                                    true),
                            invitation)
                    .expect(201)
                    .get("clientId");
            Element page = consent.ask(new Browser(), client, CALLBACK, "openid", SERVER)
                    .page()
                    .document();
            assertThat(page.select("#mcp-client-name").text()).isEqualTo(name);
            assertThat(page.select("#mcp-client-origin").text())
                    .contains("chose this name itself")
                    .contains("registered itself")
                    .doesNotContain("administrator");
            assertThat(page.select("#mcp-client-suspicious")).hasSize(name.startsWith("G") ? 1 : 0);
        }
    }

    @Test
    @Tries("MCP-confused-deputy-consent")
    void whatWasAllowedForOneServerIsNotAllowedForAllOnceNoPolicyGoverns() {
        String client = gateway("policy-gone");
        Browser browser = new Browser();
        asked(browser, client, READ, SERVER).consent(true);
        policies(Map.of("enforcement", "report"), Map.of());
        try {
            asked(browser, client, "offline_access", SERVER).consent(true);
            isNotSilent(browser, client, READ, SERVER);
        } finally {
            policies(Map.of(), Map.of());
        }
    }

    @Test
    void exchangesGoByKeycloaksConsentWhereLoginsDo() {
        String client = gateway("logins-report");
        policies(Map.of("enforcement", "report"), Map.of());
        try {
            Reply tokens = tokens(
                    client,
                    asked(new Browser(), client, READ + " " + MAIL, SERVER).consent(true));
            exchanged(client, tokens, MAIL, OTHER).expect(200);
            assertThat(exchanged(client, tokens, DELETE, SERVER).error()).isEqualTo("invalid_scope");
        } finally {
            policies(Map.of(), Map.of());
        }
    }

    private void policies(Map<String, String> binding, Map<String, String> delegation) {
        realm.executors(Map.of("mcp-resource-indicator", binding, "mcp-delegation", delegation));
    }

    @Test
    @Tries("RFC8707-2-smuggle")
    void thePageShowsTheServerOfTheRequestObjectAndTheTokenIsForIt() {
        String client = gateway("request-object");
        String object = "%s.%s."
                .formatted(
                        base64("{\"alg\":\"none\"}"),
                        base64(
                                "{\"client_id\":\"%s\",\"response_type\":\"code\",\"resource\":\"%s\",\"scope\":\"%s %s\"}"
                                        .formatted(client, OTHER, READ, MAIL)));
        Authorization page = consent.ask(
                new Browser(),
                ConsentRealm.request(client, CALLBACK, READ, SERVER).with("request", object));
        assertThat(page.page().document().select("#mcp-server-uri").text()).isEqualTo(OTHER);
        assertThat(text(page)).doesNotContain("Read your files");
        Reply tokens = tokens(client, page.consent(true));
        assertThat(realm.oauth().verify(tokens.accessToken()).audience()).containsExactly(OTHER);
        assertThat(exchanged(client, tokens, READ, SERVER).error()).isEqualTo("invalid_scope");
    }

    private static String base64(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }
}

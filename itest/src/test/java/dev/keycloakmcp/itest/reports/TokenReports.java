package dev.keycloakmcp.itest.reports;

import static dev.keycloakmcp.itest.reports.ReportedRealm.NOTES;
import static dev.keycloakmcp.itest.reports.ReportedRealm.authOf;
import static dev.keycloakmcp.itest.reports.ReportedRealm.refuses;
import static dev.keycloakmcp.itest.reports.ReportedRealm.resource;
import static dev.keycloakmcp.itest.reports.ReportedRealm.scope;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/** Reports of tokens: how clients authenticate, what a token holds, refreshes at once, and checks by servers. */
final class TokenReports {

    private static final String LOOPBACK = "http://127.0.0.1:9040/cb";

    private TokenReports() {}

    static List<PublicReport> all() {
        return List.of(
                PublicReport.of(
                        "anthropics/claude-code#84440",
                        "five processes refresh with one refresh token at once",
                        "none ends the login",
                        TokenReports::fiveAtOnce),
                PublicReport.of(
                        "PrefectHQ/fastmcp#4901",
                        "the refresh token that was just replaced comes once more",
                        "answered, and the newer one works",
                        realm -> {
                            Reply registered = realm.registered("Late", LOOPBACK);
                            Reply tokens = realm.signIn(registered, LOOPBACK, resource(NOTES));
                            Reply first = refresh(realm, registered, tokens).expect(200);
                            refresh(realm, registered, tokens).expect(200);
                            refresh(realm, registered, first).expect(200);
                        }),
                PublicReport.of(
                        "FlowFuse/flowfuse#8270",
                        "a refresh by a public client",
                        "another refresh token each time",
                        realm -> {
                            Reply registered = realm.registered("Rotates", LOOPBACK);
                            Reply tokens = realm.signIn(registered, LOOPBACK, resource(NOTES));
                            assertThat(refresh(realm, registered, tokens)
                                            .expect(200)
                                            .refreshToken())
                                    .isNotEqualTo(tokens.refreshToken());
                        }),
                PublicReport.of(
                        "confirm/tino#24",
                        "a token of a client that registered itself, decoded and introspected",
                        "`aud` is the server in both",
                        realm -> {
                            Reply tokens = realm.signIn(realm.registered("Bound", LOOPBACK), LOOPBACK, resource(NOTES));
                            realm.grants(tokens, NOTES);
                            Reply seen =
                                    realm.oauth().introspect(ClientAuth.basic("notes", "notes"), tokens.accessToken());
                            assertThat(seen.get("active")).isEqualTo("true");
                            assertThat(seen.get("aud")).isEqualTo(NOTES);
                        }),
                PublicReport.of(
                        "Kong/developer.konghq.com#5337",
                        "a server introspects a token for it, and one for another server",
                        "active, and not active",
                        realm -> {
                            String token = realm.signIn(
                                            realm.registered("Introspected", LOOPBACK), LOOPBACK, resource(NOTES))
                                    .accessToken();
                            assertThat(realm.oauth()
                                            .introspect(ClientAuth.basic("notes", "notes"), token)
                                            .get("active"))
                                    .isEqualTo("true");
                            assertThat(realm.oauth()
                                            .introspect(ClientAuth.basic("mail", "mail"), token)
                                            .get("active"))
                                    .isEqualTo("false");
                        }),
                PublicReport.of(
                        "agentic-community/mcp-gateway-registry#1533",
                        "what a user's token for a server holds besides",
                        "no `account` among audiences, no roles of others",
                        realm -> {
                            Jwt token = realm.token(
                                    realm.signIn(realm.registered("Account", LOOPBACK), LOOPBACK, resource(NOTES)));
                            assertThat(token.audience()).containsExactly(NOTES);
                            assertThat(token.claims().has("realm_access")).isFalse();
                            assertThat(token.claims().has("resource_access")).isFalse();
                        }),
                PublicReport.of(
                        "labsai/EDDI#805",
                        "an ID token of the realm in place of an access token",
                        "servers can tell: another `aud`, and `typ` is not `at+jwt`",
                        realm -> {
                            Reply registered = realm.registered("Confuses", LOOPBACK);
                            Reply tokens = realm.signIn(
                                    registered, LOOPBACK, scope("openid").and(resource(NOTES)));
                            Jwt id = realm.oauth().verify(tokens.get("id_token"));
                            assertThat(id.audience()).containsExactly(registered.get("client_id"));
                            assertThat(id.header().path("typ").asText()).isNotEqualTo("at+jwt");
                            assertThat(realm.token(tokens).header().path("typ").asText())
                                    .isEqualTo("at+jwt");
                        }),
                PublicReport.of(
                        "kirodotdev/Kiro#10461",
                        "a token response, and the issuer that its tokens name",
                        "the issuer of the metadata in both tokens",
                        realm -> {
                            Reply tokens = realm.signIn(
                                    realm.registered("Kiro", LOOPBACK),
                                    LOOPBACK,
                                    scope("openid").and(resource(NOTES)));
                            String issuer =
                                    realm.oauth().metadata().get("issuer").asText();
                            assertThat(realm.token(tokens).text("iss")).isEqualTo(issuer);
                            assertThat(realm.oauth()
                                            .verify(tokens.get("id_token"))
                                            .text("iss"))
                                    .isEqualTo(issuer);
                        }),
                PublicReport.of(
                        "anthropics/claude-ai-mcp#667",
                        "Claude.ai with a client id and secret given by hand, the secret in the form",
                        "tokens",
                        realm -> {
                            String redirect = "https://claude.ai/api/mcp/auth_callback";
                            Authorization login = realm.ask("connector", redirect, scope("notes:read"));
                            realm.grants(
                                    realm.oauth().code(ClientAuth.post("connector", "connector"), login, Form.empty()),
                                    NOTES,
                                    "notes:read");
                        }),
                PublicReport.of(
                        "danny-avila/LibreChat#9705",
                        "registered for `client_secret_post`, refreshes by Basic",
                        "401, Keycloak's `unauthorized_client`; in the form it works",
                        realm -> {
                            Reply registered = realm.register("""
                                    {"client_name": "LibreChat", "redirect_uris": ["http://127.0.0.1:9040/cb"],
                                     "grant_types": ["authorization_code", "refresh_token"],
                                     "token_endpoint_auth_method": "client_secret_post"}""").expect(201);
                            Reply tokens = realm.signIn(registered, LOOPBACK, resource(NOTES));
                            refuses(
                                    realm.oauth()
                                            .refresh(
                                                    ClientAuth.basic(
                                                            registered.get("client_id"),
                                                            registered.get("client_secret")),
                                                    tokens.refreshToken(),
                                                    Form.empty()),
                                    401,
                                    "unauthorized_client");
                            refresh(realm, registered, tokens).expect(200);
                        }),
                PublicReport.of(
                        "PrefectHQ/fastmcp#1762",
                        "a client id that nobody knows, or knows no more, at the token endpoint",
                        "401 `invalid_client`, so that the client registers again",
                        realm -> refuses(
                                realm.oauth().refresh(ClientAuth.none("gone"), "token", Form.empty()),
                                401,
                                "invalid_client")));
    }

    private static Reply refresh(ReportedRealm realm, Reply registered, Reply tokens) {
        return realm.oauth().refresh(authOf(registered), tokens.refreshToken(), Form.empty());
    }

    private static void fiveAtOnce(ReportedRealm realm) {
        Reply registered = realm.registered("Five at once", LOOPBACK);
        Reply tokens = realm.signIn(registered, LOOPBACK, resource(NOTES));
        List<Reply> answers = Stream.generate(
                        () -> CompletableFuture.supplyAsync(() -> refresh(realm, registered, tokens)))
                .limit(5)
                .toList()
                .stream()
                .map(CompletableFuture::join)
                .toList();
        List<Reply> served =
                answers.stream().filter(answer -> answer.status() == 200).toList();
        assertThat(served).as(answers.toString()).isNotEmpty();
        assertThat(answers).allSatisfy(answer -> assertThat(answer.status()).isIn(200, 400));
        served.forEach(answer -> refresh(realm, registered, answer).expect(200));
    }
}

package dev.keycloakmcp.itest.reports;

import static dev.keycloakmcp.itest.reports.ReportedRealm.NOTES;
import static dev.keycloakmcp.itest.reports.ReportedRealm.refuses;
import static dev.keycloakmcp.itest.reports.ReportedRealm.resource;
import static dev.keycloakmcp.itest.reports.ReportedRealm.strings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import java.util.List;

/** Reports of redirect URIs, and of what comes back to them. */
final class RedirectReports {

    private RedirectReports() {}

    static List<PublicReport> all() {
        return List.of(
                PublicReport.of(
                        "bytebase/bytebase#20510",
                        "Cursor's registration with its three redirects, a login at each",
                        "201, and a code at each",
                        realm -> {
                            List<String> redirects = List.of(
                                    "cursor://anysphere.cursor-mcp/oauth/callback",
                                    "https://www.cursor.com/agents/mcp/oauth/callback",
                                    "http://localhost:8787/callback");
                            Reply registered = realm.register("""
                                    {"client_name": "Cursor", "redirect_uris": %s, "token_endpoint_auth_method": "none",
                                     "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"]}""".formatted(Reply.write(redirects)))
                                    .expect(201);
                            assertThat(strings(registered.json().get("redirect_uris")))
                                    .isEqualTo(redirects);
                            redirects.forEach(redirect -> realm.signIn(registered, redirect, resource(NOTES)));
                        }),
                PublicReport.of(
                        "better-auth/better-auth#10946",
                        "`cursor://` with a host and nothing else, and the form of RFC 8252 7.1, without a type",
                        "201 for both",
                        realm -> List.of(
                                        "cursor://anysphere.cursor-mcp/oauth/callback",
                                        "com.anysphere.cursor:/oauth/callback")
                                .forEach(redirect -> realm.registered("Cursor alone", redirect))),
                PublicReport.of(
                        "actionhero/keryx#502",
                        "`vscode://`, and the schemes `javascript`, `data`, `file`, `vbscript`",
                        "201 for the first, 400 `invalid_redirect_uri` for the others",
                        realm -> {
                            realm.registered("VS Code", "vscode://vscode.github-authentication/did-authenticate");
                            List.of("javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "vbscript:x")
                                    .forEach(redirect -> refuses(
                                            realm.register("{\"redirect_uris\": [\"" + redirect + "\"]}"),
                                            400,
                                            "invalid_redirect_uri"));
                        }),
                PublicReport.of(
                        "contextstream/mcp-server#57",
                        "VS Code's registration: loopback without a path, and `vscode.dev`",
                        "201, and a code at both",
                        realm -> {
                            Reply registered = realm.register("""
                                    {"client_name": "Visual Studio Code", "client_uri": "https://code.visualstudio.com",
                                     "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
                                     "redirect_uris": ["https://vscode.dev/redirect", "http://127.0.0.1:33418"],
                                     "token_endpoint_auth_method": "none", "application_type": "native"}""").expect(201);
                            realm.signIn(registered, "http://127.0.0.1:33418", resource(NOTES));
                            realm.signIn(registered, "https://vscode.dev/redirect", resource(NOTES));
                        }),
                PublicReport.of(
                        "getsentry/sentry-mcp#1190",
                        "loopback registered without a port, a login at some port",
                        "a code",
                        realm -> realm.signIn(
                                realm.registered("No port", "http://localhost/callback"),
                                "http://localhost:57470/callback",
                                resource(NOTES))),
                PublicReport.of(
                        "cloudflare/workers-oauth-provider#154",
                        "loopback registered with one port, a login at another",
                        "a code",
                        realm -> realm.signIn(
                                realm.registered("Other port", "http://127.0.0.1:41000/"),
                                "http://127.0.0.1:52000/",
                                resource(NOTES))),
                PublicReport.of(
                        "BuilderIO/agent-native#2532",
                        "a redirect that differs by its path",
                        "400, and no way back to the client",
                        realm -> {
                            Reply registered = realm.registered("Other path", "http://localhost/callback");
                            Authorization login =
                                    realm.ask(registered, "http://localhost:3118/elsewhere", resource(NOTES));
                            assertThat(login.isDone()).isFalse();
                            assertThat(login.page().status()).isEqualTo(400);
                        }),
                PublicReport.of(
                        "cursor/cursor#3576",
                        "an authorization request without `state`",
                        "a code, and no `state`",
                        realm -> {
                            Reply registered = realm.registered("No state", "http://127.0.0.1:9010/cb");
                            String verifier = OAuthClient.random(32);
                            Form callback = realm.follow(Form.of("response_type", "code")
                                            .with("client_id", registered.get("client_id"))
                                            .with("redirect_uri", "http://127.0.0.1:9010/cb")
                                            .with("code_challenge", OAuthClient.challenge(verifier))
                                            .with("code_challenge_method", "S256")
                                            .with("resource", NOTES))
                                    .callback();
                            assertThat(callback.get("code")).isNotEmpty();
                            assertThat(callback.has("state")).isFalse();
                        }),
                PublicReport.of(
                        "cloudflare/mcp-server-cloudflare#449",
                        "an authorization response, and one with an error, read by a client that checks `iss`",
                        "`iss` in both, as the metadata says",
                        realm -> {
                            Reply registered = realm.registered("Checks iss", "http://127.0.0.1:9011/cb");
                            String issuer = realm.issuer().toString();
                            assertThat(realm.oauth()
                                            .metadata()
                                            .get("authorization_response_iss_parameter_supported")
                                            .asBoolean())
                                    .isTrue();
                            for (String target : List.of(NOTES, "https://nowhere.example.com/mcp")) {
                                assertThat(realm.ask(registered, "http://127.0.0.1:9011/cb", resource(target))
                                                .callback()
                                                .get("iss"))
                                        .isEqualTo(issuer);
                            }
                        }),
                PublicReport.of(
                        "goauthentik/authentik#25520",
                        "an authorization request of a registered client without PKCE, and with `plain`",
                        "`invalid_request`",
                        realm -> {
                            Reply registered = realm.registered("No PKCE", "http://127.0.0.1:9012/cb");
                            List.of(
                                            Form.of("code_challenge_method", ""),
                                            Form.of("code_challenge", OAuthClient.random(32))
                                                    .with("code_challenge_method", "plain"))
                                    .forEach(pkce -> refuses(
                                            realm.ask(
                                                    registered,
                                                    "http://127.0.0.1:9012/cb",
                                                    pkce.with("resource", NOTES)),
                                            "invalid_request"));
                        }),
                PublicReport.of(
                        "zed-industries/zed#62637",
                        "a public client made by an administrator: PKCE in place of a secret",
                        "tokens",
                        realm -> {
                            Authorization login =
                                    realm.ask("desk", ReportedRealm.CALLBACK, Form.of("scope", "notes:read"));
                            realm.grants(
                                    realm.oauth().code(ClientAuth.none("desk"), login, Form.empty()),
                                    NOTES,
                                    "notes:read");
                        }));
    }
}

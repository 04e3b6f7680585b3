package dev.keycloakmcp.itest.reports;

import static dev.keycloakmcp.itest.reports.ReportedRealm.NOTES;
import static dev.keycloakmcp.itest.reports.ReportedRealm.resource;
import static dev.keycloakmcp.itest.reports.ReportedRealm.scope;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import java.util.List;

/** Reports of scopes: too many, none, or others than a server knows. */
final class ScopeReports {

    private static final String LOOPBACK = "http://127.0.0.1:9020/cb";

    private ScopeReports() {}

    static List<PublicReport> all() {
        return List.of(
                PublicReport.of(
                        "punkpeye/mcp-remote#204",
                        "mcp-remote's registration with the scopes `openid email profile`",
                        "201",
                        realm -> realm.register("""
                                {"redirect_uris": ["http://localhost:29956/oauth/callback"],
                                 "token_endpoint_auth_method": "none", "client_name": "MCP CLI Proxy",
                                 "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
                                 "scope": "openid email profile"}""").expect(201)),
                PublicReport.of(
                        "dozigden/boardoil#11",
                        "Copilot CLI's registration without a `scope`, and a login for the server's scopes",
                        "201, and a token with these",
                        realm -> {
                            Reply registered = realm.register("""
                                    {"client_name": "GitHub Copilot CLI", "redirect_uris": ["http://127.0.0.1:56679/"],
                                     "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
                                     "token_endpoint_auth_method": "none", "application_type": "native"}""").expect(201);
                            realm.grants(
                                    realm.signIn(
                                            registered, "http://127.0.0.1:56679/", scope("notes:read notes:write")),
                                    NOTES,
                                    "notes:read",
                                    "notes:write");
                        }),
                PublicReport.of(
                        "appstrate/appstrate#1267",
                        "Claude Code, registered without a `scope`, asks for the server's scopes and `offline_access`",
                        "a token with these, and a refresh token",
                        realm -> {
                            Reply tokens = realm.signIn(
                                    realm.registered("Claude Code (appstrate)", "http://localhost:54212/callback"),
                                    "http://localhost:54212/callback",
                                    scope("notes:read notes:write offline_access")
                                            .and(resource(NOTES)));
                            realm.grants(tokens, NOTES, "notes:read", "notes:write");
                            assertThat(tokens.get("scope").split(" ")).contains("offline_access");
                        }),
                PublicReport.of(
                        "volcengine/OpenViking#2920",
                        "a scope at registration, and the same at authorization",
                        "a token with it",
                        realm -> realm.grants(
                                realm.signIn(
                                        realm.register("""
                                                {"client_name": "Agent", "redirect_uris": ["http://127.0.0.1:9020/cb"],
                                                 "token_endpoint_auth_method": "none", "scope": "notes:read"}""").expect(201),
                                        LOOPBACK,
                                        scope("notes:read").and(resource(NOTES))),
                                NOTES,
                                "notes:read")),
                PublicReport.of(
                        "anthropics/claude-code#67714",
                        "registered without a `scope`, asks for `openid` at authorization",
                        "a token",
                        realm -> realm.grants(
                                realm.signIn(
                                        realm.registered("Asks for openid", LOOPBACK),
                                        LOOPBACK,
                                        scope("openid notes:read").and(resource(NOTES))),
                                NOTES,
                                "notes:read")),
                PublicReport.of(
                        "n8n-io/n8n#22851",
                        "n8n, registered, asks for `openid` and nothing else",
                        "a token for the server, with none of its scopes",
                        realm -> realm.grants(
                                realm.signIn(
                                        realm.registered("n8n", LOOPBACK),
                                        LOOPBACK,
                                        scope("openid").and(resource(NOTES))),
                                NOTES)),
                PublicReport.of(
                        "PrefectHQ/fastmcp#4467",
                        "Claude Code asks without a `scope`",
                        "a token for the server",
                        realm -> realm.grants(
                                realm.signIn(realm.registered("No scope", LOOPBACK), LOOPBACK, resource(NOTES)),
                                NOTES)),
                PublicReport.of(
                        "modelcontextprotocol/python-sdk#979",
                        "ChatGPT's authorization request with `scope=`, without a value",
                        "as without the parameter",
                        realm -> realm.grants(
                                realm.signIn(
                                        realm.registered("ChatGPT", LOOPBACK),
                                        LOOPBACK,
                                        scope("").and(resource(NOTES))),
                                NOTES)),
                PublicReport.of(
                        "modelcontextprotocol/python-sdk#1307",
                        "asks for all scopes that the authorization server lists",
                        "a token with the server's, and no others",
                        realm -> realm.grants(
                                realm.signIn(
                                        realm.registered("Asks for all", LOOPBACK),
                                        LOOPBACK,
                                        scope(realm.advertisedScopes()).and(resource(NOTES))),
                                NOTES,
                                "notes:read",
                                "notes:write")),
                PublicReport.of(
                        "better-auth/better-auth#3411",
                        "`offline_access` without `prompt=consent`",
                        "a token, and an offline refresh token",
                        realm -> assertThat(realm.signIn(
                                                realm.registered("Offline", LOOPBACK),
                                                LOOPBACK,
                                                scope("openid profile email offline_access")
                                                        .and(resource(NOTES)))
                                        .get("scope")
                                        .split(" "))
                                .contains("offline_access")),
                PublicReport.of(
                        "PrefectHQ/fastmcp#4513",
                        "FastMCP with `required_scopes`: a login without a scope, as its challenge names none, and one for what it requires",
                        "a token without, then one with the scope, by the same client",
                        realm -> {
                            Reply registered = realm.registered("Required scopes", LOOPBACK);
                            realm.grants(realm.signIn(registered, LOOPBACK, resource(NOTES)), NOTES);
                            realm.grants(
                                    realm.signIn(
                                            registered,
                                            LOOPBACK,
                                            scope("notes:read").and(resource(NOTES))),
                                    NOTES,
                                    "notes:read");
                        }),
                PublicReport.of(
                        "n8n-io/n8n#30166",
                        "no scope and no server anywhere, in a realm with several servers",
                        "`invalid_target`, with a description",
                        realm -> {
                            Form callback = realm.ask(
                                            realm.registered("Names nothing", LOOPBACK), LOOPBACK, Form.empty())
                                    .callback();
                            assertThat(callback.get("error")).isEqualTo("invalid_target");
                            assertThat(callback.get("error_description")).contains("resource");
                        }));
    }
}

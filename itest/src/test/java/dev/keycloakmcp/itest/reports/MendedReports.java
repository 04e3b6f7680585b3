package dev.keycloakmcp.itest.reports;

import static dev.keycloakmcp.itest.reports.ReportedRealm.AGENT;
import static dev.keycloakmcp.itest.reports.ReportedRealm.NOTES;
import static dev.keycloakmcp.itest.reports.ReportedRealm.authOf;
import static dev.keycloakmcp.itest.reports.ReportedRealm.resource;
import static dev.keycloakmcp.itest.reports.ReportedRealm.scope;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.ECKey;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Keys;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Registration;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;

/** Reports that were answered wrongly here, until they were tried. */
final class MendedReports {

    private static final String LOOPBACK = "http://127.0.0.1:9050/cb";
    private static final String DEVICE = "urn:ietf:params:oauth:grant-type:device_code";
    private static final String EXTENSION = "chrome-extension://abcdefghijklmnopabcdefghijklmnop";
    private static final String INSPECTOR = "http://localhost:6274";

    private MendedReports() {}

    static List<PublicReport> all() {
        return Stream.of(registrations(), requests())
                .flatMap(List::stream)
                .map(PublicReport::mended)
                .toList();
    }

    private static List<PublicReport> registrations() {
        return List.of(
                PublicReport.of(
                        "pomerium/pomerium#6787",
                        "a registration that names no method to authenticate, as Agent Mesh's gateway sends it",
                        "201, and the secret is taken in the form as well as by Basic",
                        realm -> {
                            Reply registered = realm.register("""
                                    {"client_name": "Agent Mesh", "redirect_uris": ["http://127.0.0.1:9050/cb"],
                                     "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"]}""").expect(201);
                            String id = registered.get("client_id");
                            ClientAuth post = ClientAuth.post(id, registered.get("client_secret"));
                            ClientAuth basic = ClientAuth.basic(id, registered.get("client_secret"));
                            Authorization login = realm.ask(registered, LOOPBACK, resource(NOTES));
                            Reply tokens = realm.oauth().code(post, login, Form.empty());
                            realm.grants(tokens, NOTES);
                            realm.grants(realm.oauth().refresh(basic, tokens.refreshToken(), Form.empty()), NOTES);
                        }),
                PublicReport.of(
                        "cloudflare/workers-oauth-provider#218",
                        "`client_uri` at `http://localhost:5173`, a logo in a data URL, terms by http",
                        "201, without the three",
                        realm -> {
                            Reply registered = realm.register("""
                                    {"client_name": "Local", "redirect_uris": ["http://localhost:5173/cb"],
                                     "client_uri": "http://localhost:5173", "tos_uri": "http://localhost:5173/terms",
                                     "logo_uri": "data:image/png;base64,iVBORw0KGgo=",
                                     "token_endpoint_auth_method": "none"}""").expect(201);
                            assertThat(List.of("client_uri", "tos_uri", "logo_uri"))
                                    .noneMatch(registered.json()::has);
                        }),
                PublicReport.of(
                        "modelcontextprotocol/modelcontextprotocol#653",
                        "Claude.ai's registration with the scope `claudeai`, which nobody knows",
                        "201, without that scope",
                        realm -> assertThat(realm.register("""
                                        {"client_name": "claudeai", "grant_types": ["authorization_code", "refresh_token"],
                                         "response_types": ["code"], "token_endpoint_auth_method": "none",
                                         "scope": "claudeai",
                                         "redirect_uris": ["https://claude.ai/api/mcp/auth_callback"]}""")
                                        .expect(201)
                                        .get("scope")
                                        .split(" "))
                                .contains("notes:read")
                                .doesNotContain("claudeai")),
                PublicReport.of(
                        "punkpeye/mcp-remote#228",
                        "a registration for the device grant, where the realm allows it, and a login on another device",
                        "a token for the server",
                        MendedReports::device),
                PublicReport.of(
                        "makenotion/notion-mcp-server#343",
                        "a browser extension registers and redeems its code, with the `Origin` that browsers send",
                        "201 and 200, and the extension may read them",
                        realm -> {
                            String redirect = "https://abcdefghijklmnopabcdefghijklmnop.chromiumapp.org/cb";
                            Reply registered = realm.register(
                                            Reply.write(Registration.publicClient("Extension", redirect)), EXTENSION)
                                    .expect(201);
                            assertThat(BrowserReports.allowedOrigin(registered)).isEqualTo(EXTENSION);
                            Authorization login = realm.ask(registered, redirect, resource(NOTES));
                            Reply tokens = realm.oauth().code(authOf(registered).from(EXTENSION), login, Form.empty());
                            realm.grants(tokens, NOTES);
                            assertThat(BrowserReports.allowedOrigin(tokens)).isEqualTo(EXTENSION);
                        }),
                PublicReport.of(
                        "keycloak/keycloak#43514",
                        "MCP Inspector's preflight for a registration with `MCP-Protocol-Version`",
                        "200, and the header is allowed",
                        realm -> assertThat(realm.oauth()
                                        .preflight(
                                                Registration.endpoint(realm),
                                                INSPECTOR,
                                                "POST",
                                                "content-type,mcp-protocol-version")
                                        .expect(200)
                                        .headers()
                                        .allValues("Access-Control-Allow-Headers")
                                        .toString())
                                .containsIgnoringCase("MCP-Protocol-Version")),
                PublicReport.of(
                        "modelcontextprotocol/inspector#852",
                        "MCP Inspector of that time, 0.15, which Node 20 installs, redeems its code with `resource=undefined`",
                        "a token for the server of the login",
                        realm -> {
                            Reply registered =
                                    realm.registered("MCP Inspector 0.15", INSPECTOR + "/oauth/callback/debug");
                            Authorization login = realm.ask(
                                    registered,
                                    INSPECTOR + "/oauth/callback/debug",
                                    scope(realm.advertisedScopes()).and(resource(NOTES)));
                            realm.grants(
                                    realm.oauth().code(authOf(registered), login, resource("undefined")),
                                    NOTES,
                                    "notes:read",
                                    "notes:write");
                        }),
                PublicReport.of(
                        "keycloak/keycloak#21918",
                        "a registration with `dpop_bound_access_tokens`",
                        "201 with it; 400 without a proof; with one, a token that names the key",
                        realm -> {
                            Reply registered = realm.register("""
                                    {"client_name": "Proves", "redirect_uris": ["http://127.0.0.1:9050/cb"],
                                     "token_endpoint_auth_method": "none", "dpop_bound_access_tokens": true}""").expect(201);
                            assertThat(registered.get("dpop_bound_access_tokens"))
                                    .isEqualTo("true");
                            Authorization login = realm.ask(registered, LOOPBACK, resource(NOTES));
                            realm.redeem(registered, login).expect(400);
                            ECKey key = Keys.ec();
                            Reply tokens = realm.oauth()
                                    .code(
                                            authOf(registered).proving(key),
                                            realm.ask(registered, LOOPBACK, resource(NOTES)),
                                            Form.empty());
                            realm.grants(tokens, NOTES);
                            assertThat(realm.token(tokens)
                                            .claims()
                                            .path("cnf")
                                            .path("jkt")
                                            .asText())
                                    .isNotEmpty();
                        }));
    }

    private static List<PublicReport> requests() {
        return List.of(
                PublicReport.of(
                        "modelcontextprotocol/python-sdk#3065",
                        "two servers at one path, told apart by a query: `?tenant=a` and `?tenant=b`",
                        "each token is for the one that was named, at login, refresh and a pushed request",
                        MendedReports::tenants),
                PublicReport.of(
                        "idenplane/idenplane#180",
                        "an existing web application asks for `openid profile email`, and a default scope of it is a server's",
                        "a token with the default scope, and an ID token with name and e-mail",
                        realm -> {
                            Reply tokens = realm.oauth()
                                    .code(
                                            ClientAuth.none("shop"),
                                            realm.ask("shop", ReportedRealm.CALLBACK, scope("openid profile email")),
                                            Form.empty());
                            realm.grants(tokens, NOTES, "notes:read");
                            Jwt person = Jwt.decode(tokens.get("id_token"));
                            assertThat(person.text("preferred_username")).isEqualTo("alice");
                            assertThat(person.text("email")).isNotEmpty();
                        }),
                PublicReport.of(
                        "marcospereirampj/python-keycloak#720",
                        "python-keycloak's exchange with `requested_subject=` and others without values",
                        "as without them",
                        realm -> realm.grants(
                                realm.oauth()
                                        .exchange(
                                                AGENT,
                                                realm.subject(),
                                                resource(NOTES)
                                                        .with("scope", "notes:read")
                                                        .with("requested_subject", "")
                                                        .with("subject_issuer", "")
                                                        .with("requested_issuer", "")
                                                        .with("actor_token", "")
                                                        .with("actor_token_type", "")),
                                NOTES,
                                "notes:read")),
                PublicReport.of(
                        "plastic-labs/honcho#1189",
                        "Gemini's `scope=read write`, which nobody knows, with `resource`",
                        "a token for the server, and the answer says what was granted",
                        realm -> {
                            Reply tokens = realm.signIn(
                                    realm.registered("Gemini", LOOPBACK),
                                    LOOPBACK,
                                    scope("read write").and(resource(NOTES)));
                            realm.grants(tokens, NOTES);
                            assertThat(tokens.get("scope").split(" ")).doesNotContain("read", "write");
                        }),
                PublicReport.of(
                        "anthropics/claude-ai-mcp#453",
                        "Claude.ai with a client id given by hand asks for ` offline_access`, with a space before it",
                        "a token, and an offline refresh token",
                        realm -> {
                            Authorization login = realm.ask(
                                    "connector",
                                    "https://claude.ai/api/mcp/auth_callback",
                                    scope(" offline_access").and(resource(NOTES)));
                            Reply tokens =
                                    realm.oauth().code(ClientAuth.post("connector", "connector"), login, Form.empty());
                            realm.grants(tokens, NOTES);
                            assertThat(tokens.get("scope").split(" ")).contains("offline_access");
                        }),
                PublicReport.of(
                        "keycloak/keycloak#22275",
                        "a page asks for `offline_access` for a user without that role",
                        "a token without it, and the page may read the answer",
                        realm -> {
                            String page = "http://localhost:8090";
                            Authorization login = realm.oauth()
                                    .authorize(Form.of("client_id", "connected")
                                            .with("redirect_uri", ReportedRealm.CALLBACK)
                                            .with("scope", "notes:read offline_access"))
                                    .as("roleless", "roleless");
                            Reply tokens = realm.oauth()
                                    .code(ClientAuth.none("connected").from(page), login, Form.empty());
                            realm.grants(tokens, NOTES, "notes:read");
                            assertThat(tokens.get("scope").split(" ")).doesNotContain("offline_access");
                            assertThat(BrowserReports.allowedOrigin(tokens)).isEqualTo(page);
                        }),
                PublicReport.of(
                        "coder/coder#29508",
                        "`client_secret=` without a value beside Basic, and `resource=` beside it",
                        "as without them",
                        realm -> realm.grants(
                                realm.oauth()
                                        .clientCredentials(
                                                AGENT,
                                                Form.of("client_secret", "")
                                                        .with("resource", "")
                                                        .with("scope", "notes:read")),
                                NOTES,
                                "notes:read")));
    }

    private static void tenants(ReportedRealm realm) {
        Reply registered = realm.registered("Tenants", LOOPBACK);
        for (String tenant : List.of(ReportedRealm.TENANT_A, ReportedRealm.TENANT_B)) {
            Reply tokens =
                    realm.signIn(registered, LOOPBACK, scope("tenant:use").and(resource(tenant)));
            realm.grants(tokens, tenant, "tenant:use");
            realm.grants(
                    realm.oauth().refresh(authOf(registered), tokens.refreshToken(), resource(tenant)),
                    tenant,
                    "tenant:use");
            Form request =
                    Form.of("redirect_uri", LOOPBACK).and(scope("tenant:use")).and(resource(tenant));
            Authorization pushed = realm.oauth()
                    .authorizePushed(authOf(registered), registered.get("client_id"), request, new Browser())
                    .as("alice", "alice");
            realm.grants(realm.redeem(registered, pushed), tenant, "tenant:use");
        }
    }

    private static void device(ReportedRealm realm) {
        Reply registered = realm.register("""
                {"client_name": "mcp-remote, headless", "redirect_uris": ["http://127.0.0.1:9050/cb"],
                 "token_endpoint_auth_method": "none",
                 "grant_types": ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"]}""").expect(201);
        Reply device = realm.oauth()
                .post(
                        realm.oauth().endpoint("auth/device"),
                        authOf(registered),
                        scope("notes:read").and(resource(NOTES)))
                .expect(200);
        realm.oauth()
                .open(URI.create(device.get("verification_uri_complete")), new Browser())
                .as("alice", "alice");
        realm.grants(
                realm.oauth()
                        .token(
                                authOf(registered),
                                Form.of("grant_type", DEVICE).with("device_code", device.get("device_code"))),
                NOTES,
                "notes:read");
    }
}

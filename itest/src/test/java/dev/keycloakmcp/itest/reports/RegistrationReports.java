package dev.keycloakmcp.itest.reports;

import static dev.keycloakmcp.itest.reports.ReportedRealm.refuses;
import static dev.keycloakmcp.itest.reports.ReportedRealm.strings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Registration;
import java.net.URI;
import java.util.List;

/** Reports of registrations (RFC 7591) that were refused, or answered with less than a client needs. */
final class RegistrationReports {

    private RegistrationReports() {}

    static List<PublicReport> all() {
        return List.of(
                PublicReport.of(
                        "turnstonelabs/turnstone#1082",
                        "a registration with the members `resource` and `scope: openid`",
                        "201",
                        realm -> {
                            Reply registered = realm.register("""
                                    {"client_name": "Turnstone", "redirect_uris": ["http://127.0.0.1:8123/cb"],
                                     "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
                                     "token_endpoint_auth_method": "none", "scope": "openid notes:read",
                                     "resource": "https://notes.example.com/mcp"}""").expect(201);
                            assertThat(registered.json().has("resource")).isFalse();
                        }),
                PublicReport.of(
                        "twentyhq/twenty#19858",
                        "Claude.ai's registration, which wants `registration_client_uri`",
                        "201 with it, and the address answers",
                        realm -> {
                            Reply registered = realm.register("""
                                    {"client_name": "Claude", "redirect_uris": ["https://claude.ai/api/mcp/auth_callback"],
                                     "grant_types": ["authorization_code", "refresh_token"], "response_types": ["code"],
                                     "token_endpoint_auth_method": "client_secret_post", "scope": "notes:read"}""").expect(201);
                            assertThat(registered.get("registration_client_uri"))
                                    .isEqualTo(Registration.endpoint(realm) + "/" + registered.get("client_id"));
                            assertThat(realm.oauth()
                                            .get(
                                                    URI.create(registered.get("registration_client_uri")),
                                                    registered.get("registration_access_token"))
                                            .status())
                                    .isEqualTo(200);
                        }),
                PublicReport.of(
                        "different-ai/openwork#3599",
                        "a registration with an `Origin` and scopes of servers",
                        "201, never 500",
                        realm -> {
                            Reply registered = realm.register("""
                                    {"redirect_uris":["http://localhost:62763/callback"],"token_endpoint_auth_method":"none",
                                     "grant_types":["authorization_code"],"response_types":["code"],
                                     "scope":"notes:read notes:write offline_access"}""", "http://localhost:62763")
                                    .expect(201);
                            assertThat(registered.get("scope").split(" ")).contains("notes:read", "notes:write");
                        }),
                PublicReport.of(
                        "jitsucom/jitsu#1430",
                        "a registration of a client with a secret, read by a strict library",
                        "201, `client_secret_expires_at` is a number",
                        realm -> {
                            Reply registered = realm.register("""
                                    {"client_name": "Smithery", "redirect_uris": ["http://127.0.0.1:9000/cb"],
                                     "token_endpoint_auth_method": "client_secret_basic"}""").expect(201);
                            assertThat(registered.get("client_secret")).isNotEmpty();
                            assertThat(registered
                                            .json()
                                            .get("client_secret_expires_at")
                                            .isNumber())
                                    .isTrue();
                            assertThat(registered
                                            .json()
                                            .get("client_id_issued_at")
                                            .isNumber())
                                    .isTrue();
                        }),
                PublicReport.of(
                        "PrefectHQ/fastmcp#2460",
                        "a registration for `authorization_code` alone",
                        "201, and no refresh token at login",
                        realm -> {
                            Reply registered = realm.register("""
                                    {"client_name": "Code only", "redirect_uris": ["http://127.0.0.1:9001/cb"],
                                     "grant_types": ["authorization_code"], "token_endpoint_auth_method": "none"}""").expect(201);
                            assertThat(strings(registered.json().get("grant_types")))
                                    .containsExactly("authorization_code");
                            Reply tokens = realm.signIn(
                                    registered, "http://127.0.0.1:9001/cb", Form.of("resource", ReportedRealm.NOTES));
                            assertThat(tokens.find("refresh_token")).isEmpty();
                        }),
                PublicReport.of(
                        "apify/mcpc#297",
                        "a registration that is refused",
                        "400 `invalid_redirect_uri` in JSON, not a word of text",
                        realm -> {
                            Reply refused = realm.register("""
                                    {"client_name": "Elsewhere", "redirect_uris": ["https://elsewhere.example.com/cb"]}""");
                            refuses(refused, 400, "invalid_redirect_uri");
                            assertThat(refused.errorDescription()).isNotBlank();
                            assertThat(refused.headers()
                                            .firstValue("Content-Type")
                                            .orElse(""))
                                    .startsWith("application/json");
                        }),
                PublicReport.of(
                        "owncloud/client#11940",
                        "the same registration at each start of a program",
                        "one client, not one for each login",
                        realm -> assertThat(realm.registered("Starts often", "http://127.0.0.1:5001/cb")
                                        .get("client_id"))
                                .isEqualTo(realm.registered("Starts often", "http://127.0.0.1:5002/cb")
                                        .get("client_id"))),
                PublicReport.of(
                        "dnotitia/akb#640",
                        "a registration whose `client_uri` is at another host than its redirect",
                        "201, with the `client_uri`",
                        realm -> {
                            Reply registered = realm.register("""
                                    {"client_name": "Homepage", "redirect_uris": ["http://127.0.0.1:9002/cb"],
                                     "client_uri": "https://product.example.org", "token_endpoint_auth_method": "none"}""").expect(201);
                            assertThat(registered.get("client_uri")).isEqualTo("https://product.example.org");
                        }),
                PublicReport.of(
                        "element-hq/matrix-authentication-service#5871",
                        "`client_uri: https://localhost`, redirect `http://localhost`",
                        "201",
                        realm -> realm.register("""
                                {"client_name": "matrixclient", "client_uri": "https://localhost",
                                 "redirect_uris": ["http://localhost"], "token_endpoint_auth_method": "none",
                                 "response_types": ["code"], "grant_types": ["authorization_code", "refresh_token"],
                                 "application_type": "native"}""").expect(201)),
                PublicReport.of(
                        "spring-projects/spring-security#19765",
                        "MCP Inspector's registration with an empty `scope`, and one with `null`",
                        "201 for both",
                        realm -> List.of("\"\"", "null").forEach(scope -> realm.register("""
                                        {"redirect_uris": ["http://127.0.0.1:6274/oauth/callback"],
                                         "token_endpoint_auth_method": "none", "grant_types": ["authorization_code"],
                                         "response_types": ["code"], "client_name": "MCP Inspector",
                                         "client_uri": "https://github.com/modelcontextprotocol/inspector",
                                         "scope": %s, "application_type": "native"}""".formatted(scope))
                                .expect(201))),
                PublicReport.of(
                        "keycloak/keycloak#31062",
                        "an update of a registered client, with what was read",
                        "200, and the client keeps its default scopes",
                        RegistrationReports::updateKeepsDefaultScopes),
                PublicReport.of(
                        "keycloak/keycloak#50807",
                        "a registration with a `scope`",
                        "201, and the client has the realm's default scopes all the same",
                        realm -> {
                            Reply registered = realm.register("""
                                    {"client_name": "With a scope", "redirect_uris": ["http://127.0.0.1:9004/cb"],
                                     "token_endpoint_auth_method": "none", "scope": "notes:read"}""").expect(201);
                            assertThat(realm.client(registered.get("client_id")).getDefaultClientScopes())
                                    .contains("basic", "profile", "email");
                        }));
    }

    private static void updateKeepsDefaultScopes(ReportedRealm realm) {
        Reply registered = realm.register("""
                {"client_name": "Updated", "redirect_uris": ["http://127.0.0.1:9003/cb"],
                 "token_endpoint_auth_method": "client_secret_basic"}""").expect(201);
        String id = registered.get("client_id");
        List<String> before = realm.client(id).getDefaultClientScopes();
        URI address = URI.create(registered.get("registration_client_uri"));
        Reply read = realm.oauth()
                .get(address, registered.get("registration_access_token"))
                .expect(200);
        realm.oauth()
                .sendJson("PUT", address, read.body(), read.get("registration_access_token"))
                .expect(200);
        assertThat(realm.client(id).getDefaultClientScopes()).isEqualTo(before);
    }
}

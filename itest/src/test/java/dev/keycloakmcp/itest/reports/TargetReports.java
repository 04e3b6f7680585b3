package dev.keycloakmcp.itest.reports;

import static dev.keycloakmcp.itest.reports.ReportedRealm.HUB;
import static dev.keycloakmcp.itest.reports.ReportedRealm.HUB_MCP;
import static dev.keycloakmcp.itest.reports.ReportedRealm.MAIL;
import static dev.keycloakmcp.itest.reports.ReportedRealm.NOTES;
import static dev.keycloakmcp.itest.reports.ReportedRealm.authOf;
import static dev.keycloakmcp.itest.reports.ReportedRealm.refuses;
import static dev.keycloakmcp.itest.reports.ReportedRealm.resource;
import static dev.keycloakmcp.itest.reports.ReportedRealm.scope;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import java.util.List;

/** Reports of metadata that was not found, and of {@code resource} and {@code aud} that did not fit. */
final class TargetReports {

    private static final String LOOPBACK = "http://127.0.0.1:9030/cb";

    private TargetReports() {}

    static List<PublicReport> all() {
        return List.of(
                PublicReport.of(
                        "epam/ai-dial-core#1685",
                        "metadata of a realm, at the paths of RFC 8414 and of OpenID Connect",
                        "200 at all four, the same issuer and registration endpoint",
                        realm -> {
                            String path = "/realms/" + realm.name();
                            List.of(
                                            "/.well-known/oauth-authorization-server" + path,
                                            "/.well-known/openid-configuration" + path,
                                            path + "/.well-known/oauth-authorization-server",
                                            path + "/.well-known/openid-configuration")
                                    .forEach(address -> {
                                        JsonNode found = realm.oauth()
                                                .get(realm.wellKnown(address))
                                                .expect(200)
                                                .json();
                                        assertThat(found.get("issuer").asText())
                                                .isEqualTo(realm.issuer().toString());
                                        assertThat(found.get("registration_endpoint")
                                                        .asText())
                                                .endsWith("/clients-registrations/mcp");
                                    });
                        }),
                PublicReport.of(
                        "open-webui/open-webui#19193",
                        "metadata, for clients that know one way to authenticate only",
                        "it lists `none`, `client_secret_basic`, `client_secret_post`, and PKCE by `S256`",
                        realm -> {
                            JsonNode metadata = realm.oauth().metadata();
                            assertThat(ReportedRealm.strings(metadata.get("token_endpoint_auth_methods_supported")))
                                    .contains("none", "client_secret_basic", "client_secret_post");
                            assertThat(ReportedRealm.strings(metadata.get("code_challenge_methods_supported")))
                                    .containsExactly("S256");
                        }),
                PublicReport.of(
                        "vercel/ai#13988",
                        "`https://host/` for a server that calls itself `https://host`, at login, redemption, refresh",
                        "tokens, `aud` as the server says it",
                        realm -> {
                            Reply registered = realm.registered("Slash", LOOPBACK);
                            Authorization login = realm.ask(registered, LOOPBACK, resource(MAIL + "/"));
                            Reply tokens = realm.oauth().code(authOf(registered), login, resource(MAIL + "/"));
                            realm.grants(tokens, MAIL);
                            realm.grants(
                                    realm.oauth()
                                            .refresh(authOf(registered), tokens.refreshToken(), resource(MAIL + "/")),
                                    MAIL);
                        }),
                PublicReport.of(
                        "anthropics/claude-code#52871",
                        "two servers at one origin, `https://host` and `https://host/mcp`",
                        "each token is for the one that was named",
                        realm -> {
                            Reply registered = realm.registered("One origin", LOOPBACK);
                            realm.grants(realm.signIn(registered, LOOPBACK, resource(HUB + "/")), HUB);
                            realm.grants(realm.signIn(registered, LOOPBACK, resource(HUB_MCP)), HUB_MCP);
                        }),
                PublicReport.of(
                        "can1357/oh-my-pi#10299",
                        "the authorization server itself as `resource`",
                        "`invalid_target`",
                        realm -> refuses(
                                realm.ask(
                                        realm.registered("Wrong resource", LOOPBACK),
                                        LOOPBACK,
                                        resource(realm.issuer().toString())),
                                "invalid_target")),
                PublicReport.of(
                        "anthropics/claude-code#90497",
                        "no `resource` anywhere, scopes of one server",
                        "a token for that server",
                        realm -> realm.grants(
                                realm.signIn(realm.registered("No resource", LOOPBACK), LOOPBACK, scope("notes:read")),
                                NOTES,
                                "notes:read")),
                PublicReport.of(
                        "spring-ai-community/mcp-security#31",
                        "a refresh with and without `resource`",
                        "`aud` stays the server",
                        realm -> {
                            Reply registered = realm.registered("Refreshes", LOOPBACK);
                            Reply tokens = realm.signIn(registered, LOOPBACK, resource(NOTES));
                            Reply refreshed =
                                    realm.oauth().refresh(authOf(registered), tokens.refreshToken(), resource(NOTES));
                            realm.grants(refreshed, NOTES);
                            realm.grants(
                                    realm.oauth().refresh(authOf(registered), refreshed.refreshToken(), Form.empty()),
                                    NOTES);
                        }),
                PublicReport.of(
                        "keycloak/keycloak#41527",
                        "another `resource` at the token endpoint than at authorization",
                        "400 `invalid_target`",
                        realm -> {
                            Reply registered = realm.registered("Changes its mind", LOOPBACK);
                            Authorization login = realm.ask(registered, LOOPBACK, resource(NOTES));
                            refuses(
                                    realm.oauth().code(authOf(registered), login, resource(MAIL)),
                                    400,
                                    "invalid_target");
                        }),
                PublicReport.of(
                        "keycloak/keycloak#35711",
                        "two different `resource` parameters at authorization",
                        "`invalid_request`, no token for both",
                        realm -> refuses(
                                realm.ask(
                                        realm.registered("Two at once", LOOPBACK),
                                        LOOPBACK,
                                        resource(NOTES).with("resource", MAIL)),
                                "invalid_request")),
                PublicReport.of(
                        "keycloak/keycloak#49077",
                        "`resource` in a login of a user without any role",
                        "a token, not 500",
                        realm -> {
                            Reply registered = realm.registered("No roles", LOOPBACK);
                            Authorization login = realm.oauth()
                                    .authorize(Form.of("client_id", registered.get("client_id"))
                                            .with("redirect_uri", LOOPBACK)
                                            .with("resource", NOTES))
                                    .as("roleless", "roleless");
                            realm.grants(realm.redeem(registered, login), NOTES);
                        }));
    }
}

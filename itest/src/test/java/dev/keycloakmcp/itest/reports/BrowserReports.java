package dev.keycloakmcp.itest.reports;

import static dev.keycloakmcp.itest.reports.ReportedRealm.NOTES;
import static dev.keycloakmcp.itest.reports.ReportedRealm.authOf;
import static dev.keycloakmcp.itest.reports.ReportedRealm.refuses;
import static dev.keycloakmcp.itest.reports.ReportedRealm.resource;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Registration;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Locale;

/** Reports of clients that run in a page (CORS). */
final class BrowserReports {

    private static final String INSPECTOR = "http://localhost:6274";
    private static final String CALLBACK = INSPECTOR + "/oauth/callback";
    private static final String BODY = """
            {"client_name": "In a page", "redirect_uris": ["http://localhost:6274/oauth/callback"],
             "grant_types": ["authorization_code", "refresh_token"], "token_endpoint_auth_method": "none"}""";

    private BrowserReports() {}

    static List<PublicReport> all() {
        return List.of(
                PublicReport.of(
                        "keycloak/keycloak#39629",
                        "MCP Inspector's preflight for its registration",
                        "200, and the page may post JSON",
                        realm -> {
                            Reply preflight = realm.oauth()
                                    .preflight(Registration.endpoint(realm), INSPECTOR, "POST", "content-type")
                                    .expect(200);
                            assertThat(allowedOrigin(preflight)).isEqualTo(INSPECTOR);
                            assertThat(preflight
                                            .headers()
                                            .firstValue("Access-Control-Allow-Methods")
                                            .orElse(""))
                                    .contains("POST");
                            assertThat(preflight
                                            .headers()
                                            .firstValue("Access-Control-Allow-Headers")
                                            .orElse("")
                                            .toLowerCase(Locale.ROOT))
                                    .contains("content-type");
                        }),
                PublicReport.of(
                        "rudof-project/rudof#388",
                        "a registration of a page, and one that is refused",
                        "the page may read both answers",
                        realm -> {
                            assertThat(allowedOrigin(
                                            realm.register(BODY, INSPECTOR).expect(201)))
                                    .isEqualTo(INSPECTOR);
                            assertThat(allowedOrigin(realm.register("{\"redirect_uris\": []}", INSPECTOR)
                                            .expect(400)))
                                    .isEqualTo(INSPECTOR);
                        }),
                PublicReport.of(
                        "kubernetes-sigs/gateway-api#4163",
                        "the page redeems its code, and refreshes",
                        "200, and the page may read it",
                        realm -> {
                            Reply registered = realm.register(BODY, INSPECTOR).expect(201);
                            Authorization login = realm.ask(registered, CALLBACK, resource(NOTES));
                            Reply tokens = realm.oauth()
                                    .code(authOf(registered).from(INSPECTOR), login, Form.empty())
                                    .expect(200);
                            assertThat(allowedOrigin(tokens)).isEqualTo(INSPECTOR);
                            Reply refreshed = realm.oauth()
                                    .refresh(authOf(registered).from(INSPECTOR), tokens.refreshToken(), Form.empty())
                                    .expect(200);
                            assertThat(allowedOrigin(refreshed)).isEqualTo(INSPECTOR);
                        }),
                PublicReport.of(
                        "keycloak/keycloak#44987",
                        "a page of another origin redeems the code",
                        "403, and the page may read nothing",
                        realm -> {
                            Reply registered = realm.register(BODY, INSPECTOR).expect(201);
                            Authorization login = realm.ask(registered, CALLBACK, resource(NOTES));
                            Reply refused = realm.oauth()
                                    .code(authOf(registered).from("https://evil.example.com"), login, Form.empty())
                                    .expect(403);
                            assertThat(allowedOrigin(refused)).isEmpty();
                        }),
                PublicReport.of(
                        "envoyproxy/ai-gateway#2307",
                        "the page reads the metadata",
                        "200, and the page may read it",
                        realm -> assertThat(allowedOrigin(realm.oauth()
                                        .send(HttpRequest.newBuilder(realm.wellKnown(
                                                        "/.well-known/oauth-authorization-server/realms/"
                                                                + realm.name()))
                                                .header("Origin", INSPECTOR)
                                                .GET())
                                        .expect(200)))
                                .isIn("*", INSPECTOR)),
                PublicReport.of(
                        "keycloak/keycloak#26782",
                        "the page's refresh is refused",
                        "400 with a code, and the page may read it",
                        realm -> {
                            Reply registered = realm.register(BODY, INSPECTOR).expect(201);
                            Reply refused =
                                    realm.oauth().refresh(authOf(registered).from(INSPECTOR), "garbage", Form.empty());
                            refuses(refused, 400, "invalid_grant");
                            assertThat(allowedOrigin(refused)).isEqualTo(INSPECTOR);
                        }));
    }

    /** The origin whose pages may read a reply; empty where none may. */
    static String allowedOrigin(Reply reply) {
        return reply.headers().firstValue("Access-Control-Allow-Origin").orElse("");
    }
}

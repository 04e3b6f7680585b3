package dev.keycloakmcp.itest.reports;

import static dev.keycloakmcp.itest.reports.ReportedRealm.AGENT;
import static dev.keycloakmcp.itest.reports.ReportedRealm.MAIL;
import static dev.keycloakmcp.itest.reports.ReportedRealm.NOTES;
import static dev.keycloakmcp.itest.reports.ReportedRealm.refuses;
import static dev.keycloakmcp.itest.reports.ReportedRealm.resource;
import static dev.keycloakmcp.itest.reports.ReportedRealm.scope;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import java.util.List;

/** Reports of machine tokens (client credentials). */
final class MachineReports {

    private MachineReports() {}

    static List<PublicReport> all() {
        return List.of(
                PublicReport.of(
                        "waza-ari/fastapi-keycloak-middleware#17",
                        "client credentials for a server",
                        "`aud` is the server, not `account`",
                        realm -> realm.grants(
                                machine(realm, AGENT, resource(NOTES).with("scope", "notes:read")),
                                NOTES,
                                "notes:read")),
                PublicReport.of(
                        "danny-avila/LibreChat#13806",
                        "client credentials with the secret in the form, and a scope alone",
                        "a token for the server of that scope, no refresh token",
                        realm -> {
                            Reply tokens = machine(realm, ClientAuth.post("agent", "agent"), scope("mail:send"));
                            realm.grants(tokens, MAIL, "mail:send");
                            assertThat(tokens.find("refresh_token")).isEmpty();
                        }),
                PublicReport.of(
                        "quarkiverse/quarkus-langchain4j#2325",
                        "client credentials with `audience` in place of `resource`",
                        "a token for that server",
                        realm -> realm.grants(
                                machine(realm, AGENT, scope("notes:read").with("audience", NOTES)),
                                NOTES,
                                "notes:read")),
                PublicReport.of(
                        "agentic-community/mcp-gateway-registry#1583",
                        "an agent without the scope `basic`",
                        "`aud` is the server all the same, and `client_id` is there",
                        realm -> {
                            Reply tokens = machine(
                                    realm,
                                    ClientAuth.basic("bare", "bare"),
                                    resource(NOTES).with("scope", "notes:read"));
                            realm.grants(tokens, NOTES, "notes:read");
                            Jwt token = realm.token(tokens);
                            assertThat(token.text("client_id")).isEqualTo("bare");
                            assertThat(token.text("sub")).isEqualTo(realm.serviceAccount("bare"));
                        }),
                PublicReport.of(
                        "keycloak/keycloak#50251",
                        "`resource` where there is no refresh token",
                        "a token, not 500",
                        realm -> realm.grants(
                                machine(realm, AGENT, resource(MAIL + "/").with("scope", "mail:send")),
                                MAIL,
                                "mail:send")),
                PublicReport.of(
                        "keycloak/keycloak#52568",
                        "client credentials with a `resource` that is no URI",
                        "400 `invalid_target`",
                        realm -> refuses(machine(realm, AGENT, resource("not a uri")), 400, "invalid_target")),
                PublicReport.of(
                        "github/copilot-cli#3982",
                        "metadata, for a client that signs nobody in",
                        "it lists `client_credentials`",
                        realm -> assertThat(ReportedRealm.strings(
                                        realm.oauth().metadata().get("grant_types_supported")))
                                .contains("client_credentials", "authorization_code", "refresh_token")),
                PublicReport.of(
                        "authlib/authlib#130",
                        "client credentials with `scope=` and `audience=`, without values",
                        "as without them: here the agent has no scope by default",
                        realm -> {
                            Form nothing = Form.of("scope", "").with("audience", "");
                            Reply empty = machine(realm, AGENT, nothing.with("resource", NOTES));
                            refuses(empty, 400, "invalid_scope");
                            assertThat(empty.body())
                                    .isEqualTo(machine(realm, AGENT, resource(NOTES))
                                            .body());
                        }));
    }

    private static Reply machine(ReportedRealm realm, ClientAuth client, Form target) {
        return realm.oauth().clientCredentials(client, target);
    }
}

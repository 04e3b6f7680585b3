package dev.keycloakmcp.itest.reports;

import static dev.keycloakmcp.itest.reports.ReportedRealm.AGENT;
import static dev.keycloakmcp.itest.reports.ReportedRealm.HUB_SERVER;
import static dev.keycloakmcp.itest.reports.ReportedRealm.NOTES;
import static dev.keycloakmcp.itest.reports.ReportedRealm.refuses;
import static dev.keycloakmcp.itest.reports.ReportedRealm.resource;
import static dev.keycloakmcp.itest.reports.ReportedRealm.scope;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import java.util.List;

/** Reports of token exchange (RFC 8693) and delegation. */
final class ExchangeReports {

    private static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
    private static final String JWT = "urn:ietf:params:oauth:token-type:jwt";
    private static final Form TARGET = resource(NOTES).with("scope", "notes:read");

    private ExchangeReports() {}

    static List<PublicReport> all() {
        return List.of(
                PublicReport.of(
                        "evoila/meho#1051",
                        "a user's token with the agent's own as `actor_token`",
                        "`sub` is the user, `act` the agent",
                        realm -> {
                            Reply tokens =
                                    realm.oauth().exchange(AGENT, realm.subject(), TARGET.and(actor(realm, AGENT)));
                            realm.grants(tokens, NOTES, "notes:read");
                            JsonNode claims = realm.token(tokens).claims();
                            assertThat(claims.path("sub").asText()).isEqualTo(realm.userId("alice"));
                            assertThat(claims.path("act").path("client_id").asText())
                                    .isEqualTo("agent");
                        }),
                PublicReport.of(
                        "keycloak/keycloak#50690",
                        "garbage as `actor_token`, another agent's token, an agent that `may_act` does not name",
                        "400 `invalid_request`, and no token",
                        realm -> {
                            String subject = realm.subject();
                            ClientAuth rogue = ClientAuth.basic("rogue", "rogue");
                            Form garbage = TARGET.with("actor_token", "garbage").with("actor_token_type", ACCESS_TOKEN);
                            refuses(realm.oauth().exchange(AGENT, subject, garbage), 400, "invalid_request");
                            refuses(
                                    realm.oauth().exchange(AGENT, subject, TARGET.and(actor(realm, rogue))),
                                    400,
                                    "invalid_request");
                            Reply rogues = realm.oauth().exchange(rogue, subject, TARGET.and(actor(realm, rogue)));
                            refuses(rogues, 400, "invalid_request");
                        }),
                PublicReport.of(
                        "keycloak/keycloak#38279",
                        "an exchange without `actor_token`",
                        "the requesting client is the actor",
                        realm -> {
                            Reply tokens = realm.oauth().exchange(AGENT, realm.subject(), TARGET);
                            realm.grants(tokens, NOTES, "notes:read");
                            assertThat(realm.token(tokens)
                                            .claims()
                                            .path("act")
                                            .path("client_id")
                                            .asText())
                                    .isEqualTo("agent");
                        }),
                PublicReport.of(
                        "swan-cern/jupyterhub-extensions#161",
                        "an exchange without `subject_token_type`",
                        "400 `invalid_request`",
                        realm -> refuses(
                                realm.oauth()
                                        .token(
                                                AGENT,
                                                Form.of("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange")
                                                        .with("subject_token", realm.subject())
                                                        .and(TARGET)),
                                400,
                                "invalid_request")),
                PublicReport.of(
                        "keycloak/keycloak#37104",
                        "an exchange for an `audience` that is no server",
                        "400 `invalid_target`",
                        realm -> refuses(
                                realm.oauth()
                                        .exchange(
                                                AGENT,
                                                realm.subject(),
                                                Form.of("audience", "https://nowhere.example.com/mcp")),
                                400,
                                "invalid_target")),
                PublicReport.of(
                        "marcospereirampj/python-keycloak#498",
                        "an exchange without `audience`, with a scope of one server",
                        "a token for that server",
                        realm -> realm.grants(
                                realm.oauth().exchange(AGENT, realm.subject(), scope("notes:read")),
                                NOTES,
                                "notes:read")),
                PublicReport.of(
                        "agentic-community/mcp-gateway-registry#1461",
                        "an exchange with the server's URI as `audience`",
                        "a token for that server",
                        realm -> realm.grants(
                                realm.oauth()
                                        .exchange(
                                                AGENT,
                                                realm.subject(),
                                                scope("notes:read").with("audience", NOTES)),
                                NOTES,
                                "notes:read")),
                PublicReport.of(
                        "Kuadrant/mcp-gateway#224",
                        "a gateway exchanges the user's token for itself into one for a server behind it",
                        "`aud` is that server alone, with the scope that was asked",
                        realm -> {
                            String atHub = realm.oauth()
                                    .token(
                                            ClientAuth.none("connected"),
                                            Form.password("alice", "alice").with("scope", "hub:use"))
                                    .expect(200)
                                    .accessToken();
                            realm.grants(realm.oauth().exchange(HUB_SERVER, atHub, TARGET), NOTES, "notes:read");
                        }),
                PublicReport.of(
                        "spring-projects/spring-security#16486",
                        "Spring's exchange, with `urn:ietf:params:oauth:token-type:jwt` for both access tokens",
                        "200",
                        realm -> realm.grants(
                                realm.oauth()
                                        .exchange(
                                                AGENT,
                                                realm.subject(),
                                                Form.of("subject_token_type", JWT)
                                                        .with("scope", "notes:read")
                                                        .with("actor_token", ownToken(realm, AGENT))
                                                        .with("actor_token_type", JWT)),
                                NOTES,
                                "notes:read")),
                PublicReport.of(
                        "IBM/mcp-context-forge#5224",
                        "a token that somebody else signed as `subject_token`",
                        "400 `invalid_request`",
                        realm -> {
                            String token = realm.subject();
                            refuses(
                                    realm.oauth()
                                            .exchange(
                                                    AGENT,
                                                    token.substring(0, token.lastIndexOf('.') + 1) + "c2lnbmVk",
                                                    TARGET),
                                    400,
                                    "invalid_request");
                        }));
    }

    private static Form actor(ReportedRealm realm, ClientAuth agent) {
        return Form.of("actor_token", ownToken(realm, agent)).with("actor_token_type", ACCESS_TOKEN);
    }

    /** A machine token of an agent. */
    static String ownToken(ReportedRealm realm, ClientAuth agent) {
        return realm.oauth().clientCredentials(agent, TARGET).expect(200).accessToken();
    }
}

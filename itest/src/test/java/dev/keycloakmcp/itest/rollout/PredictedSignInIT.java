package dev.keycloakmcp.itest.rollout;

import static dev.keycloakmcp.itest.rollout.RolloutRealm.ALICE;
import static dev.keycloakmcp.itest.rollout.RolloutRealm.CRM;
import static dev.keycloakmcp.itest.rollout.RolloutRealm.REDIRECT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.Registration;
import dev.keycloakmcp.itest.server.KeycloakServer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sign-ins at clients whose users are asked: report mode announces no refusal where enforcement refuses nothing. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PredictedSignInIT {

    private static final String ASKING = "asking";

    private RolloutRealm realm;
    private String registered;

    @BeforeAll
    void create(KeycloakServer keycloak) {
        realm = RolloutRealm.of(keycloak, "report");
        realm.add(Client.confidential(ASKING, ASKING)
                .redirects(REDIRECT)
                .consent()
                .defaults("basic", "profile")
                .optional("crm:read", "crm:write"));
        Registration.admit(
                realm,
                "authenticated",
                Map.of("allowed-resources", List.of(CRM), "https-redirect-hosts", List.of("shop.example")));
        registered = Registration.invited(realm, Registration.publicClient("Registered", REDIRECT))
                .expect(201)
                .get("client_id");
    }

    @AfterAll
    void remove() {
        realm.close();
    }

    @BeforeEach
    void report() {
        realm.enforcement("report");
    }

    private Authorization signIn(String client, String request) {
        Authorization asked = realm.oauth()
                .authorize(Form.of("client_id", client)
                        .with("redirect_uri", REDIRECT)
                        .and(Form.parse(request)));
        return asked.isDone() ? asked : asked.as(ALICE, ALICE);
    }

    private Reply redeem(String client, Authorization signedIn) {
        ClientAuth auth = client.equals(ASKING) ? RolloutRealm.as(client) : ClientAuth.none(client);
        return realm.oauth().code(auth, signedIn, Form.empty());
    }

    private JsonNode wouldDeny(String client) {
        return realm.oauth()
                .get(
                        realm.adminUri("mcp/would-deny?client=" + client),
                        realm.server().adminToken())
                .expect(200)
                .json();
    }

    @ParameterizedTest
    @ValueSource(strings = {"scope=openid+crm:read&resource=https://crm.example.com/mcp", "scope=openid+crm:read"})
    void an_ordinary_one_is_announced_as_what_it_is(String request) {
        for (String client : List.of(registered, ASKING)) {
            realm.enforcement("report");
            redeem(client, signIn(client, request)).expect(200);
            assertThat(realm.events("CODE_TO_TOKEN").get(0).getDetails())
                    .containsEntry("mcp_decision", "would-narrow")
                    .containsEntry("mcp_reason", "ok");
            assertThat(wouldDeny(client).findValuesAsText("effect")).doesNotContain("deny");
            assertThat(explained(client, "configured").get("decision").asText()).isNotEqualTo("would-deny");

            realm.enforcement("enforce");
            redeem(client, signIn(client, request)).expect(200);
            assertThat(realm.events("CODE_TO_TOKEN").get(0).getDetails()).containsEntry("mcp_decision", "allow");
        }
    }

    private JsonNode explained(String client, String enforcement) {
        return realm.explain(Map.of(
                        "grant", "authorization_code",
                        "client", client,
                        "user", ALICE,
                        "scope", "openid crm:read",
                        "resource", CRM,
                        "enforcement", enforcement))
                .expect(200)
                .json();
    }

    @Test
    void a_code_from_before_enforcement_is_still_bound_to_nothing() {
        for (String client : List.of(registered, ASKING)) {
            realm.enforcement("report");
            Authorization signedIn = signIn(client, "scope=openid+crm:read&resource=" + CRM);
            realm.enforcement("enforce");

            Reply refused = redeem(client, signedIn).expect(400);
            assertThat(refused.error()).isEqualTo("invalid_target");
            assertThat(refused.errorDescription()).startsWith("The code is of a sign-in that was for no MCP server");
        }
    }
}

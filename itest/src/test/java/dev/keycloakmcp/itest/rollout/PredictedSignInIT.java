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

    /** A client that exchanges tokens, and may use two servers. */
    private static final String ACTING = "acting";

    private static final String TWO_SERVERS = "two-servers";

    /** The same, whose users are asked. */
    private static final String ASKING_TWO = "asking-two";

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
        realm.add(Client.confidential(ACTING, ACTING)
                .redirects(REDIRECT)
                .consent()
                .exchanges()
                .defaults("basic")
                .optional("crm:read", "billing:read"));
        Client two = Client.confidential(TWO_SERVERS, TWO_SERVERS)
                .redirects(REDIRECT)
                .defaults("basic")
                .optional("crm:read", "billing:read");
        two.setImplicitFlowEnabled(true);
        realm.add(two);
        Client askingTwo = Client.confidential(ASKING_TWO, ASKING_TWO)
                .redirects(REDIRECT)
                .consent()
                .defaults("basic")
                .optional("crm:read", "billing:read");
        askingTwo.setImplicitFlowEnabled(true);
        realm.add(askingTwo);
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
        ClientAuth auth = client.equals(registered) ? ClientAuth.none(client) : RolloutRealm.as(client);
        return realm.oauth().code(auth, signedIn, Form.empty());
    }

    private Map<String, String> latest(String event) {
        return realm.events(event).get(0).getDetails();
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
    void an_exchange_that_nobody_allowed_is_announced() {
        String login = redeem(ACTING, signIn(ACTING, "scope=openid+crm:read&resource=" + CRM))
                .expect(200)
                .accessToken();
        Form elsewhere = Form.of("resource", RolloutRealm.BILLING);
        realm.oauth().exchange(RolloutRealm.as(ACTING), login, elsewhere).expect(200);
        assertThat(latest("TOKEN_EXCHANGE"))
                .containsEntry("mcp_decision", "would-deny")
                .containsEntry("mcp_reason", "consent_missing");
        assertThat(wouldDeny(ACTING).findValuesAsText("reason")).contains("consent_missing");
        assertThat(explainedExchange().get("decision").asText()).isEqualTo("would-deny");

        realm.enforcement("enforce");
        Reply refused = realm.oauth()
                .exchange(RolloutRealm.as(ACTING), login, elsewhere)
                .expect(400);
        assertThat(refused.error()).isEqualTo("invalid_scope");
        assertThat(latest("TOKEN_EXCHANGE_ERROR")).containsEntry("mcp_reason", "consent_missing");
        assertThat(explainedExchange().get("decision").asText()).isEqualTo("deny");

        // What she allows now is for the server.
        String again = redeem(ACTING, signIn(ACTING, "scope=openid+crm:read&resource=" + CRM))
                .expect(200)
                .accessToken();
        Form there = Form.of("resource", CRM).with("scope", "crm:read");
        realm.oauth().exchange(RolloutRealm.as(ACTING), again, there).expect(200);
        realm.enforcement("report");
        realm.oauth().exchange(RolloutRealm.as(ACTING), again, there).expect(200);
        assertThat(latest("TOKEN_EXCHANGE")).containsEntry("mcp_reason", "ok");
    }

    private JsonNode explainedExchange() {
        return realm.explain(Map.of(
                        "grant", "token_exchange", "client", ACTING, "user", ALICE, "resource", RolloutRealm.BILLING))
                .expect(200)
                .json();
    }

    @Test
    void a_refresh_for_another_server_than_that_of_the_login_is_announced() {
        String refreshToken = redeem(
                        TWO_SERVERS, signIn(TWO_SERVERS, "scope=openid+crm:read+billing:read&resource=" + CRM))
                .expect(200)
                .refreshToken();
        ClientAuth client = RolloutRealm.as(TWO_SERVERS);
        Form elsewhere = Form.of("resource", RolloutRealm.BILLING);
        String refreshed = realm.oauth()
                .refresh(client, refreshToken, elsewhere)
                .expect(200)
                .refreshToken();
        for (String token : List.of(refreshToken, refreshed)) {
            realm.enforcement("report");
            realm.oauth().refresh(client, token, elsewhere).expect(200);
            assertThat(latest("REFRESH_TOKEN"))
                    .containsEntry("mcp_decision", "would-deny")
                    .containsEntry("mcp_reason", "resource_mismatch");
            realm.oauth().refresh(client, token, Form.empty()).expect(200);
            assertThat(latest("REFRESH_TOKEN")).containsEntry("mcp_decision", "would-narrow");

            realm.enforcement("enforce");
            assertThat(realm.oauth()
                            .refresh(client, token, elsewhere)
                            .expect(400)
                            .error())
                    .isEqualTo("invalid_target");
            String narrow = realm.oauth()
                    .refresh(client, token, Form.empty())
                    .expect(200)
                    .accessToken();
            assertThat(realm.oauth().verify(narrow).audience()).containsExactly(CRM);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"token", "id_token token", "code token"})
    void tokens_of_the_authorization_endpoint_are_announced_before_anybody_is_signed_in(String responseType) {
        String request = "scope=openid+crm:read&nonce=n&response_type=" + responseType.replace(' ', '+');
        for (String client : List.of(TWO_SERVERS, ASKING_TWO)) {
            realm.enforcement("report");
            assertThat(signIn(client, request).callback().has("access_token")).isTrue();
            assertThat(latest("LOGIN"))
                    .as(client)
                    .containsEntry("mcp_decision", "would-deny")
                    .containsEntry("mcp_reason", "response_type_not_allowed");
            assertThat(wouldDeny(client).findValuesAsText("reason")).contains("response_type_not_allowed");

            realm.enforcement("enforce");
            Form refused = signIn(client, request).callback();
            assertThat(refused.has("access_token")).isFalse();
            assertThat(refused.get("error")).isEqualTo("unsupported_response_type");
        }
    }

    @Test
    void a_parameter_that_keycloak_leaves_out_is_announced() {
        String request = "resource=" + CRM + "&scope=openid+" + "x".repeat(5000);
        redeem(TWO_SERVERS, signIn(TWO_SERVERS, request)).expect(200);
        assertThat(latest("LOGIN"))
                .containsEntry("mcp_decision", "would-deny")
                .containsEntry("mcp_reason", "scope_too_long");

        realm.enforcement("enforce");
        assertThat(signIn(TWO_SERVERS, request).callback().get("error")).isEqualTo("invalid_scope");
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

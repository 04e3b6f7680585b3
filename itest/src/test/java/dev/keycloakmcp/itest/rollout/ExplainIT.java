package dev.keycloakmcp.itest.rollout;

import static dev.keycloakmcp.itest.rollout.RolloutRealm.ALICE;
import static dev.keycloakmcp.itest.rollout.RolloutRealm.BILLING;
import static dev.keycloakmcp.itest.rollout.RolloutRealm.CRM;
import static dev.keycloakmcp.itest.rollout.RolloutRealm.GATEWAY;
import static dev.keycloakmcp.itest.rollout.RolloutRealm.JOB;
import static dev.keycloakmcp.itest.rollout.RolloutRealm.MAIL;
import static dev.keycloakmcp.itest.rollout.RolloutRealm.SHOP;
import static dev.keycloakmcp.itest.rollout.RolloutRealm.as;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.KeycloakServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code POST explain} says is what a request then gets. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExplainIT {

    /** Claims that differ from token to token. */
    private static final List<String> OWN = List.of("jti", "iat", "exp", "sid", "auth_time");

    private RolloutRealm realm;

    @BeforeAll
    void create(KeycloakServer keycloak) {
        realm = RolloutRealm.of(keycloak, "enforce");
    }

    @AfterAll
    void remove() {
        realm.close();
    }

    @BeforeEach
    void enforce() {
        realm.enforcement("enforce");
    }

    private JsonNode explain(String grant, String client, Map<String, ?> more) {
        Map<String, Object> request = new HashMap<>(more);
        request.put("grant", grant);
        request.put("client", client);
        return realm.explain(request).expect(200).json();
    }

    private void assertAnswered(JsonNode explained, Reply real) {
        ObjectNode claims =
                realm.oauth().verify(real.expect(200).accessToken()).claims().deepCopy();
        ObjectNode after = explained.get("after").deepCopy();
        assertThat(explained.get("decision").asText()).isEqualTo("allow");
        assertThat(after.remove(OWN)).isEqualTo(claims.remove(OWN));
        assertThat(explained.get("policies")).isNotEmpty();
    }

    private static void assertRefused(JsonNode explained, Reply real) {
        assertThat(real.status()).isEqualTo(400);
        assertThat(explained.get("decision").asText()).isEqualTo("deny");
        assertThat(explained.get("error").asText()).isEqualTo(real.error());
        assertThat(explained.get("detail").asText()).isEqualTo(real.errorDescription());
        assertThat(explained.get("after")).isEmpty();
    }

    @Test
    void of_a_machine() {
        assertAnswered(
                explain("client_credentials", JOB, Map.of("resource", CRM)),
                realm.oauth().clientCredentials(as(JOB), Form.of("resource", CRM)));
    }

    @Test
    void of_a_sign_in() {
        JsonNode explained = explain("authorization_code", SHOP, Map.of("user", ALICE, "scope", "openid crm:read"));

        assertAnswered(explained, realm.signIn(Form.of("scope", "openid crm:read")));
        assertThat(explained.get("before").get("email").asText()).isEqualTo("alice@example.org");
        assertThat(explained.get("loses").get("claims"))
                .extracting(JsonNode::asText)
                .contains("email", "userinfo.email");
    }

    @Test
    void of_a_refresh() {
        JsonNode explained = explain("refresh_token", SHOP, Map.of("user", ALICE, "scope", "openid crm:read"));
        String refreshToken =
                realm.signIn(Form.of("scope", "openid crm:read")).expect(200).refreshToken();

        assertAnswered(explained, realm.oauth().refresh(as(SHOP), refreshToken, Form.empty()));
    }

    @Test
    void of_an_exchange_of_a_token_by_which_somebody_acts() {
        JsonNode explained = explain(
                "token_exchange",
                "billing",
                Map.of("user", ALICE, "scope", "mail:send", "resource", MAIL, "chain", List.of("crm")));
        String forCrm =
                realm.signIn(Form.of("scope", "openid crm:read")).expect(200).accessToken();
        String forBilling = realm.oauth()
                .exchange(as("crm"), forCrm, Form.of("resource", BILLING).with("scope", "billing:read"))
                .expect(200)
                .accessToken();

        assertAnswered(
                explained,
                realm.oauth()
                        .exchange(
                                as("billing"),
                                forBilling,
                                Form.of("resource", MAIL).with("scope", "mail:send")));
        assertThat(explained.at("/after/act/act/client_id").asText()).isEqualTo("crm");
    }

    @Test
    void an_actor_twice_in_the_chain_is_refused() {
        JsonNode explained = explain(
                "token_exchange",
                "billing",
                Map.of("user", ALICE, "scope", "mail:send", "resource", MAIL, "chain", List.of("billing", "crm")));

        assertThat(explained.get("decision").asText()).isEqualTo("deny");
        assertThat(explained.get("reason").asText()).isNotEmpty();
    }

    @Test
    void refusals_have_the_error_and_the_detail_of_the_request() {
        Form nowhere = Form.of("resource", "https://gone.example.com");
        JsonNode machine = explain("client_credentials", JOB, Map.of("resource", "https://gone.example.com"));
        assertRefused(machine, realm.oauth().clientCredentials(as(JOB), nowhere));
        assertThat(machine.get("reason").asText()).isEqualTo("resource_unknown");
        assertThat(machine.get("policies").findValuesAsText("rule"))
                .contains("mcp-client-credentials", "mcp-resource-indicator");

        assertRefused(
                explain(
                        "authorization_code",
                        SHOP,
                        Map.of("user", ALICE, "scope", "openid", "resource", "https://gone.example.com")),
                realm.signIn(nowhere.with("scope", "openid")));
        assertRefused(
                explain("authorization_code", SHOP, Map.of("user", ALICE, "scope", "openid nonsense")),
                realm.signIn(Form.of("scope", "openid nonsense")));
        assertRefused(
                explain("client_credentials", JOB, Map.of("scope", "nonsense")),
                realm.oauth().clientCredentials(as(JOB), Form.of("scope", "nonsense")));
    }

    @Test
    void report_mode_is_told_and_enforcement_can_be_tried() {
        realm.enforcement("report");
        JsonNode configured = explain("client_credentials", JOB, Map.of("resource", CRM));
        JsonNode enforced = explain("client_credentials", JOB, Map.of("resource", CRM, "enforcement", "enforce"));

        assertThat(configured.get("decision").asText()).isEqualTo("would-narrow");
        assertThat(configured.get("after").has("mcp_resource")).isFalse();
        assertThat(enforced.get("decision").asText()).isEqualTo("allow");
        assertThat(enforced.at("/after/aud").asText()).isEqualTo(CRM);
        assertThat(configured.get("loses")).isEqualTo(enforced.get("loses"));
        assertThat(enforced.at("/loses/roles")).extracting(JsonNode::asText).contains("customer");
        assertThat(explain("client_credentials", JOB, Map.of("resource", "x"))
                        .get("decision")
                        .asText())
                .isEqualTo("would-deny");
    }

    @Test
    void it_writes_nothing() {
        realm.signIn(Form.of("scope", "openid crm:read")).expect(200);
        List<Object> before = state();

        explain("authorization_code", SHOP, Map.of("user", ALICE, "scope", "openid crm:read offline_access"));
        explain("refresh_token", SHOP, Map.of("user", ALICE, "scope", "openid crm:read"));
        explain("client_credentials", JOB, Map.of("resource", CRM));
        explain("client_credentials", JOB, Map.of("resource", "https://gone.example.com"));
        explain("token_exchange", GATEWAY, Map.of("user", ALICE, "scope", "crm:read"));

        assertThat(state()).isEqualTo(before);
    }

    private List<Object> state() {
        String token = realm.server().adminToken();
        return List.of(
                realm.admin().getEvents().size(),
                realm.admin().getClientSessionStats().size(),
                realm.admin().users().get(realm.userId(ALICE)).getUserSessions().size(),
                realm.clientResource(SHOP).getOfflineSessionCount(),
                realm.clientResource(SHOP).getApplicationSessionCount(),
                realm.clientResource(JOB).getApplicationSessionCount(),
                realm.oauth()
                        .get(realm.adminUri("mcp/delegations?max=1000"), token)
                        .expect(200)
                        .json()
                        .size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"grant\":\"client_credentials\"}",
                "{\"client\":\"job\"}",
                "{\"grant\":\"password\",\"client\":\"job\",\"user\":\"alice\"}",
                "{\"grant\":\"client_credentials\",\"client\":\"job\",\"user\":\"alice\"}",
                "{\"grant\":\"authorization_code\",\"client\":\"shop\"}",
                "{\"grant\":\"client_credentials\",\"client\":\"job\",\"chain\":[\"crm\"]}",
                "{\"grant\":\"client_credentials\",\"client\":\"job\",\"more\":1}",
                "{\"grant\":\"client_credentials\",\"client\":[\"job\"]}",
                "{\"grant\":\"client_credentials\",\"client\":\"job\",\"enforcement\":\"report\"}",
                "{\"grant\":\"token_exchange\",\"client\":\"job\",\"user\":\"alice\",\"chain\":\"crm\"}",
                "{\"grant\":\"client_credentials\",\"client\":\"job\"}{}"
            })
    void what_cannot_be_explained_is_said_exactly(String body) {
        Reply reply = realm.oauth()
                .postJson(realm.adminUri("mcp/explain"), body, realm.server().adminToken());

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).isEqualTo("invalid_request");
        assertThat(reply.errorDescription()).isNotEmpty();
    }

    @Test
    void unknown_clients_and_users_are_not_found() {
        assertThat(realm.explain(Map.of("grant", "client_credentials", "client", "nobody"))
                        .status())
                .isEqualTo(404);
        assertThat(realm.explain(Map.of("grant", "authorization_code", "client", SHOP, "user", "nobody"))
                        .status())
                .isEqualTo(404);
        assertThat(realm.explain(Map.of(
                                "grant", "token_exchange", "client", "crm", "user", ALICE, "chain", List.of("nobody")))
                        .status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({"view-clients, 403", "view-users, 403", "'view-clients,view-users', 200"})
    void both_roles_are_needed(String roles, int status) {
        String token = realm.administrator("admin-" + roles.replace(',', '-'), roles.split(","));

        assertThat(realm.oauth()
                        .postJson(
                                realm.adminUri("mcp/explain"),
                                Map.of("grant", "client_credentials", "client", JOB),
                                token)
                        .status())
                .isEqualTo(status);
    }
}

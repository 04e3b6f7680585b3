package dev.keycloakmcp.itest.rollout;

import static dev.keycloakmcp.itest.rollout.RolloutRealm.CRM;
import static dev.keycloakmcp.itest.rollout.RolloutRealm.GATEWAY;
import static dev.keycloakmcp.itest.rollout.RolloutRealm.JOB;
import static dev.keycloakmcp.itest.rollout.RolloutRealm.SHOP;
import static dev.keycloakmcp.itest.rollout.RolloutRealm.as;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.KeycloakServer;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.keycloak.admin.client.resource.ProtocolMappersResource;

/** What report mode says that tokens would lose is what they lose once policies are enforced. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PredictedLossIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private RolloutRealm realm;

    @BeforeAll
    void create(KeycloakServer keycloak) {
        realm = RolloutRealm.of(keycloak, "report");
    }

    @AfterAll
    void remove() {
        realm.close();
    }

    @BeforeEach
    void report() {
        realm.enforcement("report");
    }

    /** The loss that report mode says, which is the one that enforcement brings. */
    private JsonNode predicted(String event, Supplier<Reply> request) {
        Answers before = Answers.of(realm.oauth(), request.get().expect(200));
        Map<String, String> details = realm.events(event).get(0).getDetails();
        assertThat(details).containsEntry("mcp_decision", "would-narrow");
        realm.enforcement("enforce");
        Answers after = Answers.of(realm.oauth(), request.get().expect(200));

        JsonNode predicted = json(details.get("mcp_would_lose"));
        assertThat(predicted).isEqualTo(before.lostIn(after));
        return predicted;
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(text, e);
        }
    }

    @Test
    void of_a_sign_in() {
        JsonNode lost = predicted("CODE_TO_TOKEN", () -> realm.signIn(Form.of("scope", "openid crm:read")));

        assertThat(lost.get("scope")).extracting(JsonNode::asText).containsExactly("email", "newsletter", "profile");
        assertThat(lost.get("aud")).extracting(JsonNode::asText).contains("account", "billing");
        assertThat(lost.get("roles")).extracting(JsonNode::asText).contains("customer", "billing.payer");
        assertThat(lost.get("claims"))
                .extracting(JsonNode::asText)
                .contains("email", "preferred_username", "userinfo.email")
                .doesNotContain("id_token.email", "sub");
        JsonNode row = rows("?client=" + SHOP + "&outcome=would-narrow").get(0);
        assertThat(row.get("type").asText()).isEqualTo("token");
        assertThat(json(row.get("detail").asText())).isEqualTo(lost);
        assertThat(realm.oauth()
                        .get(URI.create(realm.server().managementUri() + "/metrics"))
                        .body())
                .containsPattern("keycloak_mcp_decisions_total\\{[^}]*outcome=\"would-narrow\",realm=\"" + realm.name()
                        + "\"[^}]*}");
    }

    @Test
    void of_a_sign_in_without_a_scope_of_a_server() {
        predicted("CODE_TO_TOKEN", () -> realm.signIn(Form.of("scope", "openid")));
    }

    @Test
    void of_a_machine() {
        JsonNode lost =
                predicted("CLIENT_LOGIN", () -> realm.oauth().clientCredentials(as(JOB), Form.of("resource", CRM)));

        assertThat(lost.get("roles")).extracting(JsonNode::asText).contains("customer");
    }

    @Test
    void of_a_machine_with_refresh_tokens() {
        Runnable undo =
                realm.change(JOB, client -> client.getAttributes().put("client_credentials.use_refresh_token", "true"));
        JsonNode lost = predicted("CLIENT_LOGIN", () -> realm.oauth()
                .clientCredentials(as(JOB), Form.of("resource", CRM).with("scope", "openid crm:read")));
        undo.run();

        assertThat(lost.get("claims"))
                .extracting(JsonNode::asText)
                .contains("refresh_token", "sid", "id_token.sid", "userinfo.clientHost");
    }

    @Test
    void a_mapper_that_userinfo_cannot_answer_fails_no_token() {
        ProtocolMappersResource mappers = realm.clientResource(JOB).getProtocolMappers();
        mappers.createMapper(Scope.mapper(
                        "address as text",
                        "oidc-hardcoded-claim-mapper",
                        Map.of(
                                "claim.name", "address",
                                "claim.value", "Main Street 1",
                                "jsonType.label", "String",
                                "access.token.claim", "true",
                                "userinfo.token.claim", "true")))
                .close();
        try {
            realm.oauth()
                    .clientCredentials(as(JOB), Form.of("resource", CRM).with("scope", "openid crm:read"))
                    .expect(200);
            assertThat(realm.events("CLIENT_LOGIN").get(0).getDetails()).containsEntry("mcp_decision", "would-narrow");
        } finally {
            mappers.getMappers().stream()
                    .filter(mapper -> mapper.getName().equals("address as text"))
                    .forEach(mapper -> mappers.delete(mapper.getId()));
        }
    }

    @Test
    void of_a_refresh() {
        String refreshToken =
                realm.signIn(Form.of("scope", "openid crm:read")).expect(200).get("refresh_token");

        predicted("REFRESH_TOKEN", () -> realm.oauth().refresh(as(SHOP), refreshToken, Form.empty()));
    }

    @Test
    void of_an_offline_refresh() {
        String refreshToken = realm.signIn(Form.of("scope", "openid crm:read offline_access"))
                .expect(200)
                .get("refresh_token");

        predicted("REFRESH_TOKEN", () -> realm.oauth().refresh(as(SHOP), refreshToken, Form.empty()));
    }

    @Test
    void of_an_exchange() {
        String subject =
                realm.signIn(Form.of("scope", "openid crm:read")).expect(200).accessToken();

        JsonNode lost = predicted("TOKEN_EXCHANGE", () -> realm.oauth()
                .exchange(as(GATEWAY), subject, Form.of("scope", "openid crm:read")));

        assertThat(lost.get("roles")).extracting(JsonNode::asText).contains("customer");
    }

    @Test
    void nothing_is_said_where_nothing_is_lost() {
        realm.oauth().clientCredentials(as(JOB), Form.of("resource", CRM)).expect(200);
        assertThat(realm.events("CLIENT_LOGIN").get(0).getDetails()).containsKey("mcp_would_lose");

        realm.enforcement("enforce");
        realm.oauth().clientCredentials(as(JOB), Form.of("resource", CRM)).expect(200);
        assertThat(realm.events("CLIENT_LOGIN").get(0).getDetails())
                .containsEntry("mcp_decision", "allow")
                .doesNotContainKey("mcp_would_lose");
    }

    @Test
    void clients_whose_tokens_would_hold_less_are_listed_with_what_they_would_lose() {
        realm.oauth().clientCredentials(as(GATEWAY), Form.of("resource", CRM)).expect(200);
        realm.oauth()
                .clientCredentials(as(GATEWAY), Form.of("resource", CRM).with("scope", "email crm:read"))
                .expect(200);
        realm.oauth()
                .clientCredentials(as(GATEWAY), Form.of("resource", "https://gone.example.com"))
                .expect(200);
        Reply reply = wouldDeny("?client=" + GATEWAY);

        List<JsonNode> machine = reply.json()
                .valueStream()
                .filter(entry -> entry.get("event").asText().equals("CLIENT_LOGIN"))
                .toList();
        assertThat(machine).extracting(entry -> entry.get("effect").asText()).containsExactly("deny", "narrow");
        JsonNode narrow = machine.get(1);
        assertThat(narrow.get("count").asInt()).isEqualTo(2);
        assertThat(narrow.get("loses").get("scope"))
                .extracting(JsonNode::asText)
                .contains("email");
        assertThat(narrow.get("loses").get("claims"))
                .extracting(JsonNode::asText)
                .contains("email_verified");
        assertThat(machine.get(0).get("loses").get("claims")).isEmpty();
        assertThat(reply.headers().firstValue("Mcp-Unsaved-Events"))
                .contains("AUTHREQID_TO_TOKEN JWT_AUTHORIZATION_GRANT");
    }

    @Test
    void pushed_and_device_requests_that_would_be_refused_are_seen() {
        Form elsewhere = Form.of("resource", "https://gone.example.com").with("scope", "openid");
        realm.oauth()
                .push(
                        as(SHOP),
                        elsewhere.with("redirect_uri", RolloutRealm.REDIRECT).with("response_type", "code"))
                .expect(201);
        realm.oauth()
                .post(realm.oauth().endpoint("auth/device"), as(SHOP), elsewhere)
                .expect(200);
        realm.oauth()
                .post(realm.oauth().endpoint("auth/device"), as(SHOP), Form.of("scope", "openid"))
                .expect(200);

        JsonNode seen = wouldDeny("?client=" + SHOP).json();
        assertThat(seen.findValuesAsText("event")).contains("PUSHED_AUTHORIZATION_REQUEST", "OAUTH2_DEVICE_AUTH");
        seen.forEach(entry -> {
            if (entry.get("event").asText().startsWith("OAUTH2_DEVICE_AUTH")) {
                assertThat(entry.get("reason").asText()).isEqualTo("resource_unknown");
                assertThat(entry.get("count").asInt()).isEqualTo(1);
            }
        });
        JsonNode row =
                rows("?client=" + SHOP + "&outcome=would-deny&type=refusal").get(0);
        assertThat(row.get("reason").asText()).isEqualTo("resource_unknown");
    }

    private Reply wouldDeny(String query) {
        return realm.oauth()
                .get(realm.adminUri("mcp/would-deny" + query), realm.server().adminToken())
                .expect(200);
    }

    private JsonNode rows(String query) {
        return realm.oauth()
                .get(realm.adminUri("mcp/delegations" + query), realm.server().adminToken())
                .expect(200)
                .json();
    }
}

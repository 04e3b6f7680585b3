package dev.keycloakmcp.itest.rollout;

import static dev.keycloakmcp.itest.rollout.RolloutRealm.ALICE;
import static dev.keycloakmcp.itest.rollout.RolloutRealm.BILLING;
import static dev.keycloakmcp.itest.rollout.RolloutRealm.CRM;
import static dev.keycloakmcp.itest.rollout.RolloutRealm.GATEWAY;
import static dev.keycloakmcp.itest.rollout.RolloutRealm.JOB;
import static dev.keycloakmcp.itest.rollout.RolloutRealm.MAIL;
import static dev.keycloakmcp.itest.rollout.RolloutRealm.REDIRECT;
import static dev.keycloakmcp.itest.rollout.RolloutRealm.SHOP;
import static dev.keycloakmcp.itest.rollout.RolloutRealm.as;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.Scope;
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
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

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

    @ParameterizedTest
    @ValueSource(strings = {"disabled", "bearer-only", "saml"})
    void clients_that_get_nothing_are_told_as_such(String kind) {
        String id = kind + "-client";
        realm.add(Client.agent(id, id).optional("crm:read").redirects(REDIRECT));
        realm.change(id, client -> {
            client.setStandardFlowEnabled(true);
            switch (kind) {
                case "disabled" -> client.setEnabled(false);
                case "bearer-only" -> client.setBearerOnly(true);
                default -> client.setProtocol("saml");
            }
        });
        Reply real = realm.oauth().clientCredentials(as(id), Form.of("resource", CRM));
        assertThat(real.status()).isNotEqualTo(200);

        for (String grant : List.of("client_credentials", "authorization_code", "refresh_token", "token_exchange")) {
            JsonNode explained = explain(
                    grant,
                    id,
                    grant.equals("client_credentials")
                            ? Map.of("resource", CRM)
                            : Map.of("resource", CRM, "user", ALICE));
            assertDenied(explained, "invalid_client", kind.equals("saml") ? "another protocol" : kind);
            if (!kind.equals("bearer-only")) {
                assertThat(explained.get("error").asText()).isEqualTo(real.error());
            }
        }
    }

    private static void assertDenied(JsonNode explained, String error, String detail) {
        assertThat(explained.get("decision").asText()).isEqualTo("deny");
        assertThat(explained.get("error").asText()).isEqualTo(error);
        assertThat(explained.get("detail").asText()).contains(detail);
        assertThat(explained.has("reason")).isFalse();
        assertThat(explained.get("before")).isEmpty();
        assertThat(explained.get("after")).isEmpty();
    }

    @Test
    void nobody_signs_in_who_cannot() {
        String account = "service-account-" + JOB;
        for (String grant : List.of("authorization_code", "refresh_token")) {
            assertDenied(
                    explain(grant, SHOP, Map.of("user", account, "scope", "openid crm:read")),
                    "access_denied",
                    "account of a client");
        }
        UserRepresentation gone =
                realm.admin().users().get(realm.addUser("gone", "gone")).toRepresentation();
        gone.setEnabled(false);
        realm.admin().users().get(gone.getId()).update(gone);
        for (String grant : List.of("authorization_code", "refresh_token", "token_exchange")) {
            assertDenied(
                    explain(grant, SHOP, Map.of("user", "gone", "scope", "openid crm:read")),
                    "access_denied",
                    "disabled");
        }
    }

    @Test
    void nobody_gets_anything_in_a_disabled_realm() {
        String token = realm.server().adminToken();
        RealmRepresentation settings = realm.admin().toRepresentation();
        settings.setEnabled(false);
        realm.admin().update(settings);
        try {
            assertDenied(
                    explain("client_credentials", JOB, Map.of("resource", CRM)), "access_denied", "realm is disabled");
        } finally {
            settings.setEnabled(true);
            realm.admin().update(settings);
        }
    }

    @Test
    void a_client_that_has_to_sign_its_requests_is_taken_as_one_that_does() {
        realm.add(Client.confidential("signing", "signing")
                .redirects(REDIRECT)
                .attribute("request.object.required", "request")
                .optional("crm:read"));
        JsonNode explained =
                explain("authorization_code", "signing", Map.of("user", ALICE, "scope", "openid crm:read"));

        assertThat(explained.get("decision").asText()).isEqualTo("allow");
        assertThat(explained.at("/after/aud").asText()).isEqualTo(CRM);
    }

    @Test
    void a_mapper_that_userinfo_cannot_answer_changes_nothing() {
        realm.add(Client.agent("addressed", "addressed")
                .optional("crm:read")
                .mappers(Scope.mapper(
                        "address as text",
                        "oidc-hardcoded-claim-mapper",
                        Map.of(
                                "claim.name", "address",
                                "claim.value", "Main Street 1",
                                "jsonType.label", "String",
                                "access.token.claim", "true",
                                "userinfo.token.claim", "true"))));
        assertAnswered(
                explain("client_credentials", "addressed", Map.of("resource", CRM, "scope", "openid crm:read")),
                realm.oauth()
                        .clientCredentials(
                                as("addressed"), Form.of("resource", CRM).with("scope", "openid crm:read")));
    }

    @Test
    void where_the_token_endpoint_fails_it_says_so() {
        realm.add(Client.agent("encrypting", "encrypting")
                .optional("crm:read")
                .attribute("id.token.encrypted.response.alg", "RSA-OAEP")
                .attribute("id.token.encrypted.response.enc", "A256GCM")
                .attribute("use.jwks.url", "true")
                .attribute("jwks.url", "http://127.0.0.1:1/keys"));
        Form request = Form.of("resource", CRM).with("scope", "openid crm:read");
        assertThat(realm.oauth().clientCredentials(as("encrypting"), request).status())
                .isGreaterThanOrEqualTo(400);

        assertDenied(
                explain("client_credentials", "encrypting", Map.of("resource", CRM, "scope", "openid crm:read")),
                "server_error",
                "log has the reason");
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
                "{\"grant\":\"client_credentials\",\"client\":\"job\\u0000\"}",
                "{\"grant\":\"authorization_code\",\"client\":\"shop\",\"user\":\"\\u0000\"}",
                "{\"grant\":\"client_credentials\",\"client\":\"job\",\"scope\":\"a\\u0000b\"}",
                "{\"grant\":\"token_exchange\",\"client\":\"job\",\"user\":\"alice\",\"chain\":[\"crm\\u0000\"]}",
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

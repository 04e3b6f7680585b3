package dev.keycloakmcp.itest.machine;

import static dev.keycloakmcp.itest.machine.MachineRealm.AGENT;
import static dev.keycloakmcp.itest.machine.MachineRealm.BATCH_JOB;
import static dev.keycloakmcp.itest.machine.MachineRealm.CRM;
import static dev.keycloakmcp.itest.machine.MachineRealm.KEY_AGENT;
import static dev.keycloakmcp.itest.machine.MachineRealm.SECRET;
import static dev.keycloakmcp.itest.machine.MachineRealm.SIMPLE_AGENT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.EventRepresentation;

/** A team rolls the policy out on a live realm: report first, ask who would break, fix, enforce. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReportModeIT {

    private static final Form NOTHING = Form.empty();
    private static final Form RIGHT = Form.of("resource", CRM).with("scope", "crm:read");

    private static JsonNode wouldDeny(TestRealm realm, String query) {
        return realm.oauth()
                .get(uri(realm, query), realm.server().adminToken())
                .expect(200)
                .json();
    }

    private static URI uri(TestRealm realm, String query) {
        return realm.adminUri("mcp/would-deny" + query);
    }

    private static Map<String, Object> report(String key, Object value) {
        return Map.of("enforcement", "report", key, value);
    }

    @Test
    void report_ask_fix_enforce(KeycloakServer keycloak) {
        try (TestRealm realm = MachineRealm.create(
                keycloak, report("allowed-auth-methods", List.of("private_key_jwt", "client_secret_post")))) {
            ClientAuth ambiguous = ClientAuth.post(AGENT, SECRET);
            ClientAuth wrongMethod = ClientAuth.basic(SIMPLE_AGENT, SECRET);

            // Report: everything goes on as before, whatever the request says.
            Reply reply = realm.oauth().clientCredentials(ambiguous, NOTHING).expect(200);
            Jwt token = realm.oauth().verify(reply.accessToken());
            assertThat(token.header().get("typ").asText()).isEqualTo("JWT");
            assertThat(token.audience()).isEmpty();
            EventRepresentation event = MachineRealm.lastEvent(realm, AGENT);
            assertThat(event.getType()).isEqualTo("CLIENT_LOGIN");
            assertThat(event.getDetails())
                    .containsEntry("mcp_decision", "would-deny")
                    .containsEntry("mcp_reason", "resource_ambiguous");
            realm.oauth().clientCredentials(ambiguous, NOTHING).expect(200);
            realm.oauth()
                    .clientCredentials(ambiguous, Form.of("resource", "x").with("scope", "crm:read"))
                    .expect(200);
            realm.oauth().clientCredentials(wrongMethod, NOTHING).expect(200);
            realm.oauth()
                    .clientCredentials(Assertion.of(KEY_AGENT, realm.issuer()).auth(), RIGHT)
                    .expect(200);
            realm.oauth()
                    .clientCredentials(ClientAuth.basic(BATCH_JOB, SECRET), NOTHING)
                    .expect(200);

            // Ask: who would break, and why.
            JsonNode breaking = wouldDeny(realm, "");
            assertThat(breaking.findValuesAsText("clientId")).containsExactly(AGENT, AGENT, SIMPLE_AGENT);
            assertThat(breaking.findValuesAsText("reason"))
                    .containsExactly("resource_ambiguous", "resource_malformed", "credential_method_not_allowed");
            assertThat(breaking.findValuesAsText("error"))
                    .containsExactly("invalid_target", "invalid_target", "invalid_client");
            JsonNode first = breaking.get(0);
            assertThat(first.get("event").asText()).isEqualTo("CLIENT_LOGIN");
            assertThat(first.get("count").asInt()).isEqualTo(2);
            assertThat(first.get("meaning").asText()).isNotBlank();
            assertThat(first.get("firstSeen").asLong())
                    .isLessThanOrEqualTo(first.get("lastSeen").asLong());
            assertThat(wouldDeny(realm, "?client=" + SIMPLE_AGENT)).hasSize(1);
            assertThat(wouldDeny(realm, "?max=1&first=1").findValuesAsText("reason"))
                    .containsExactly("resource_malformed");
            assertThat(wouldDeny(realm, "?to=2001-01-01")).isEmpty();
            assertThat(wouldDeny(realm, "?from=" + encoded(Instant.now().plus(Duration.ofHours(1)))))
                    .isEmpty();
            assertThat(wouldDeny(realm, "?from=" + encoded(Instant.now().minus(Duration.ofHours(1)))))
                    .hasSize(3);
            assertThat(wouldDeny(
                            realm, "?from=" + Instant.now().minusSeconds(3600).toEpochMilli()))
                    .hasSize(3);

            // Enforce: those and no others break.
            MachineRealm.configure(
                    realm, Map.of("allowed-auth-methods", List.of("private_key_jwt", "client_secret_post")));
            assertThat(realm.oauth().clientCredentials(ambiguous, NOTHING).error())
                    .isEqualTo("invalid_target");
            assertThat(realm.oauth().clientCredentials(wrongMethod, NOTHING).error())
                    .isEqualTo("invalid_client");
            realm.oauth().clientCredentials(ambiguous, RIGHT).expect(200);
            realm.oauth()
                    .clientCredentials(Assertion.of(KEY_AGENT, realm.issuer()).auth(), RIGHT)
                    .expect(200);
            realm.oauth()
                    .clientCredentials(ClientAuth.basic(BATCH_JOB, SECRET), NOTHING)
                    .expect(200);
        }
    }

    private static String encoded(Instant instant) {
        return URLEncoder.encode(instant.toString(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"?dateFrom=2026-01-01", "?from=yesterday", "?to=2026-13-01", "?max=0", "?from=1&from=2"})
    void unknown_or_unreadable_parameters_are_refused(String query, TestRealm realm) {
        assertThat(realm.oauth()
                        .get(uri(realm, query), realm.server().adminToken())
                        .status())
                .isEqualTo(400);
    }

    @Test
    void without_saved_events_it_says_so_instead_of_nothing(TestRealm realm) {
        Reply reply = realm.oauth().get(uri(realm, ""), realm.server().adminToken());
        assertThat(reply.status()).isEqualTo(409);
        assertThat(reply.get("errorMessage")).contains("CLIENT_LOGIN");

        realm.settings(saving -> saving.setEventsEnabled(true));
        assertThat(wouldDeny(realm, "")).isEmpty();
    }

    @Test
    @Tries("LLM02")
    void nobody_sees_it_without_a_role(TestRealm realm) {
        assertThat(realm.oauth().get(uri(realm, "")).status()).isEqualTo(401);
    }
}

package dev.keycloakmcp.itest.machine;

import static dev.keycloakmcp.itest.machine.MachineRealm.BILLING;
import static dev.keycloakmcp.itest.machine.MachineRealm.CRM;
import static dev.keycloakmcp.itest.machine.MachineRealm.SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.keycloak.representations.idm.ClientRepresentation;

/** How an agent may authenticate counts at token exchange and refresh, where Keycloak's own rule does not look. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CredentialGuardIT {

    private TestRealm realm;

    @BeforeAll
    void start(KeycloakServer keycloak) {
        realm = MachineRealm.create(keycloak, Map.of("allowed-auth-methods", "private_key_jwt"));
        realm.addUser("alice", "alice");
        realm.add(person("portal", false));
        realm.add(person("assistant", true));
        realm.add(MachineRealm.agent("exchanger", "crm:read", "billing:read")
                .directAccess()
                .exchanges());
        realm.add(MachineRealm.keyAgent("key-exchanger", "crm:read", "billing:read")
                .directAccess()
                .exchanges());
    }

    /** A client through which people sign in, with a service account or without. */
    private static ClientRepresentation person(String id, boolean serviceAccount) {
        ClientRepresentation client = MachineRealm.agent(id, "billing:read")
                .defaults("basic", "crm:read")
                .standardFlow(true)
                .directAccess();
        client.setServiceAccountsEnabled(serviceAccount);
        return client;
    }

    @AfterAll
    void end() {
        realm.close();
    }

    private Reply signIn(ClientAuth client) {
        return realm.oauth()
                .token(
                        client,
                        Form.password("alice", "alice").with("resource", CRM).with("scope", "crm:read"))
                .expect(200);
    }

    private void assertRefused(Reply reply, String clientId, String eventType) {
        assertThat(reply.error()).isEqualTo("invalid_client");
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.body()).doesNotContain("access_token");
        var event = MachineRealm.lastEvent(realm, clientId);
        assertThat(event.getType()).isEqualTo(eventType);
        assertThat(event.getDetails())
                .containsEntry("mcp_decision", "deny")
                .containsEntry("mcp_reason", "credential_method_not_allowed");
    }

    @Test
    @Tries({"RFC7523-6-method", "RFC9700-2.5"})
    void token_exchange_by_another_method_is_refused() {
        ClientAuth secret = ClientAuth.post("exchanger", SECRET);
        String token = signIn(secret).accessToken();
        Reply reply = realm.oauth()
                .exchange(secret, token, Form.of("resource", BILLING).with("scope", "billing:read"));
        assertRefused(reply, "exchanger", "TOKEN_EXCHANGE_ERROR");
    }

    @Test
    void token_exchange_by_an_allowed_method_goes_on() {
        String token =
                signIn(Assertion.of("key-exchanger", realm.issuer()).auth()).accessToken();
        Reply reply = realm.oauth()
                .exchange(
                        Assertion.of("key-exchanger", realm.issuer()).auth(),
                        token,
                        Form.of("resource", BILLING).with("scope", "billing:read"));
        assertThat(realm.oauth().verify(reply.expect(200).accessToken()).audience())
                .containsExactly(BILLING);
    }

    @Test
    @Tries("RFC7523-3-audience")
    void an_assertion_that_is_not_for_this_server_alone_is_refused_at_exchange_too() {
        String token =
                signIn(Assertion.of("key-exchanger", realm.issuer()).auth()).accessToken();
        Reply reply = realm.oauth()
                .exchange(
                        Assertion.of("key-exchanger", realm.issuer() + "/protocol/openid-connect/token/introspect")
                                .auth(),
                        token,
                        Form.of("resource", BILLING).with("scope", "billing:read"));
        assertThat(reply.error()).isEqualTo("invalid_client");
        assertThat(MachineRealm.lastEvent(realm, "key-exchanger").getDetails())
                .containsEntry("mcp_reason", "assertion_audience_mismatch");
    }

    @Test
    @Tries({"RFC7523-6-method", "RFC9700-2.5"})
    void refresh_by_another_method_is_refused_for_an_agent() {
        ClientAuth secret = ClientAuth.post("assistant", SECRET);
        String refreshToken = signIn(secret).refreshToken();
        assertRefused(realm.oauth().refresh(secret, refreshToken, Form.empty()), "assistant", "REFRESH_TOKEN_ERROR");
    }

    @Test
    void refresh_of_an_interactive_client_is_not_this_policys_business() {
        ClientAuth secret = ClientAuth.post("portal", SECRET);
        Reply refreshed = realm.oauth()
                .refresh(secret, signIn(secret).refreshToken(), Form.empty())
                .expect(200);
        assertThat(realm.oauth().verify(refreshed.accessToken()).audience()).containsExactly(CRM);
    }
}

package dev.keycloakmcp.itest.delegation;

import static dev.keycloakmcp.itest.delegation.DelegationRealm.as;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.chain;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requesting party tokens (UMA) are of those who act in the one token that asks, and end with them. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RequestingPartyTokenIT {

    private static final Form TICKET = Form.of("grant_type", "urn:ietf:params:oauth:grant-type:uma-ticket")
            .with("audience", "uma")
            .with("permission", "thing");

    private DelegationRealm mesh;
    private String innocent;

    @BeforeAll
    void create(TestRealm realm) {
        mesh = DelegationRealm.create(realm);
        mesh.umaServer("uma");
        for (String client : List.of("plain", "innocent", "other")) {
            mesh.add(client(client));
        }
        mesh.add(client("bare").defaults("basic").mappers(DelegationRealm.audience("audience", "other")));
        innocent = signIn("innocent", "bob").accessToken();
    }

    private static Client client(String clientId) {
        return Client.confidential(clientId, clientId)
                .redirects(DelegationRealm.REDIRECT)
                .exchanges()
                .defaults("basic", "mcp-actor", "roles");
    }

    private Reply signIn(String client, String user) {
        return mesh.signInAt(client, user, Form.of("scope", "openid")).expect(200);
    }

    private Reply ask(ClientAuth who, Form more) {
        return mesh.oauth().token(who, TICKET.and(more));
    }

    private Reply ask(String token) {
        return ask(ClientAuth.bearer(token), Form.empty());
    }

    private void refused(Reply reply, String error, String reason) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
        assertThat(reply.error()).isEqualTo(error);
        assertThat(reply.find("access_token")).isEmpty();
        assertThat(mesh.events().get(0).getDetails()).containsEntry("mcp_reason", reason);
    }

    private void suspend(String client, Runnable meanwhile) {
        mesh.change(client, it -> it.getAttributes().put("mcp.suspended", "misbehaved"));
        try {
            meanwhile.run();
        } finally {
            mesh.change(client, it -> it.getAttributes().put("mcp.suspended", ""));
        }
    }

    private static long exp(String token) {
        return Jwt.decode(token).claims().path("exp").asLong();
    }

    @ParameterizedTest(name = "beside the token that asks, as {0}")
    @ValueSource(strings = {"subject_token", "claim_token"})
    @Tries({"RFC8693-4.1-chain", "RFC8693-5-laundering"})
    void aSecondTokenThatKeycloakDoesNotLookAtPutsNobodyInTheChain(String parameter) {
        Reply own = signIn("plain", "alice");
        refused(
                ask(ClientAuth.bearer(own.accessToken()), Form.of(parameter, innocent)),
                "invalid_request",
                "uma_token_repeated");
        refused(
                ask(as("plain"), Form.of("subject_token", innocent).with("claim_token", own.get("id_token"))),
                "invalid_request",
                "uma_token_repeated");
        refused(
                ask(as("plain"), Form.of(parameter, own.get("id_token")).with(parameter, innocent)),
                "invalid_request",
                "uma_token_repeated");
    }

    @Test
    @Tries({"RFC8693-4.1-chain", "RFC8693-1.1-impersonation"})
    void aTokenOfAnotherSchemeThatKeycloakDoesNotLookAtPutsNobodyInTheChain() {
        mesh.change("plain", client -> client.setServiceAccountsEnabled(true));
        Reply reply = mesh.oauth()
                .send(HttpRequest.newBuilder(mesh.oauth().endpoint("token"))
                        .header("Authorization", "DPoP " + innocent)
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(TICKET.with("client_id", "plain")
                                .with("client_secret", "plain")
                                .encoded())));
        assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
        assertThat(reply.find("access_token")).isEmpty();
    }

    @Test
    void claimsThatAreNoTokenMayComeWithTheTokenThatAsks() {
        String claims = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString("{\"place\":[\"home\"]}".getBytes(StandardCharsets.UTF_8));
        Reply reply = ask(
                ClientAuth.bearer(signIn("plain", "alice").accessToken()),
                Form.of("claim_token", claims).with("claim_token_format", "urn:ietf:params:oauth:token-type:jwt"));
        assertThat(chain(reply)).containsExactly("plain");
    }

    @Test
    @Tries({"RFC8693-5-client", "RFC8693-5-laundering"})
    void anotherClientsTokenIsRefused() {
        refused(
                ask(as("plain"), Form.of("subject_token", innocent)),
                "invalid_request",
                "subject_token_not_for_client");
        assertThat(chain(ask(as("innocent"), Form.of("subject_token", innocent))))
                .containsExactly("innocent");
    }

    @Test
    @Tries({"RFC8693-1.1-impersonation", "RFC8693-4.4-may-act", "RFC8693-5-laundering"})
    void whoReceivedATokenIsNotLeftOutOfItsChain() {
        String unchained = signIn("bare", "alice").accessToken();
        Reply received = ask(as("other"), Form.of("subject_token", unchained));
        assertThat(chain(received)).containsExactly("other");
        assertThat(exp(received.accessToken())).isLessThanOrEqualTo(exp(unchained));

        Runnable undo = mesh.addMapper(
                "bare",
                Scope.mapper(
                        "may-act",
                        "oidc-mcp-may-act-mapper",
                        Map.of("access.token.claim", "true", "actor", "specialist")));
        String named = signIn("bare", "alice").accessToken();
        undo.run();
        Runnable audience = mesh.stockAudience("innocent", "other");
        String chained = signIn("innocent", "alice").accessToken();
        audience.run();
        for (String token : List.of(named, chained)) {
            refused(ask(as("other"), Form.of("subject_token", token)), "invalid_grant", "delegation_laundered");
        }
    }

    @Test
    @Tries({"RFC8693-4.1-chain", "RFC8693-5-revocation"})
    void aServerWithoutTheActorMapperThatReceivedATokenIsInTheChain() {
        mesh.add(Client.confidential("mute", "mute").defaults("basic"));
        Runnable audience = mesh.stockAudience("bare", "mute");
        String received = signIn("bare", "alice").accessToken();
        audience.run();
        assertThat(chain(ask(as("mute"), Form.of("subject_token", received)))).containsExactly("mute");
    }

    @Test
    @Tries({"RFC8693-2.1-subject", "RFC8693-4.1-chain", "RFC8693-5-revocation"})
    void aRefreshTokenAsksForNothing() {
        for (String client : List.of("plain", "bare")) {
            for (String scope : List.of("openid", "openid offline_access")) {
                mesh.clientResource(client).addOptionalClientScope(mesh.scopeId("offline_access"));
                String token = mesh.signInAt(client, "alice", Form.of("scope", scope))
                        .expect(200)
                        .refreshToken();
                refused(ask(as(client), Form.of("claim_token", token)), "invalid_request", "subject_token_invalid");
                refused(ask(as(client), Form.of("subject_token", token)), "invalid_request", "subject_token_invalid");
            }
        }
    }

    @Test
    @Tries({"RFC8693-1.1-impersonation", "RFC8693-5-laundering"})
    void anIdTokenThatMayBeOfAnExchangeMakesNoActorTokenOfAPersons() {
        Reply reply =
                ask(as("plain"), Form.of("claim_token", signIn("plain", "bob").get("id_token")));
        assertThat(Jwt.decode(reply.expect(200).accessToken())
                        .claims()
                        .path("mcp_exchanged")
                        .asBoolean())
                .isTrue();
    }

    @Test
    @Tries("RFC8693-2.1-subject")
    void aFormatWithoutAnythingThatIsReadIsRefusedAndLeavesNoRow() {
        String idToken = signIn("plain", "alice").get("id_token");
        Reply reply = ask(as("plain"), Form.of("claim_token", idToken).with("claim_token_format", "\u0001"));
        assertThat(reply.status()).as(reply.toString()).isEqualTo(400);
        assertThat(reply.error()).isEqualTo("invalid_request");
    }

    @Test
    @Tries({"ASI10-stop", "RFC8693-5-revocation"})
    void aSuspendedClientAsksForNothing() {
        Runnable audience = mesh.stockAudience("bare", "plain");
        String received = signIn("bare", "alice").accessToken();
        audience.run();
        mesh.change("plain", client -> client.setServiceAccountsEnabled(true));
        suspend("plain", () -> {
            for (Form form : List.of(
                    Form.of("subject_token", innocent),
                    Form.of("subject_token", received),
                    Form.of("subject_token", received).with("response_mode", "decision"),
                    Form.empty())) {
                refused(ask(as("plain"), form), "unauthorized_client", "client_suspended");
                assertThat(mesh.events().get(0).getClientId())
                        .as("who tried it")
                        .isNotBlank();
            }
        });
    }

    @Test
    @Tries({"ASI10-stop", "RFC8693-5-revocation"})
    void aRequestingPartyTokenOfASuspendedClientIsNotTakenByKeycloak() {
        mesh.grant(mesh.userId("alice"), "realm-management", "manage-clients", "view-users");
        mesh.change("plain", client -> client.setFullScopeAllowed(true));
        Reply signedIn = signIn("plain", "alice");
        String token = ask(signedIn.accessToken()).expect(200).accessToken();
        mesh.oauth().get(mesh.adminUri("users?max=1"), token).expect(200);
        suspend("plain", () -> {
            assertThat(mesh.oauth().get(mesh.adminUri("users?max=1"), token).status())
                    .isEqualTo(401);
            for (String hint : List.of("requesting_party_token", "access_token")) {
                JsonNode answer = mesh.oauth()
                        .post(
                                mesh.oauth().endpoint("token/introspect"),
                                as("uma"),
                                Form.of("token", token).with("token_type_hint", hint))
                        .json();
                assertThat(answer.toString()).as(hint).isEqualTo("{\"active\":false}");
            }
        });
        JsonNode active = mesh.oauth()
                .post(
                        mesh.oauth().endpoint("token/introspect"),
                        as("uma"),
                        Form.of("token", token).with("token_type_hint", "requesting_party_token"))
                .json();
        assertThat(active.path("active").asBoolean()).isTrue();
        assertThat(active.path("permissions").isEmpty()).isFalse();
    }

    @Test
    @Tries({"RFC8693-2.2-lifetime", "ASI03-stale"})
    void delegatedAccessEndsWithItsTokenThroughAnyNumberOfRequestingPartyTokens() {
        mesh.change("plain", client -> client.getAttributes().put("access.token.lifespan", "60"));
        Runnable audience = mesh.stockAudience("plain", "other");
        String user = signIn("plain", "alice").accessToken();
        audience.run();
        mesh.change("plain", client -> client.getAttributes().put("access.token.lifespan", ""));
        String held = mesh.exchange("other", user, Form.empty()).expect(200).accessToken();
        long end = exp(held);
        assertThat(end).isLessThanOrEqualTo(exp(user));
        for (int hop = 0; hop < 3; hop++) {
            Reply reply = ask(held).expect(200);
            assertThat(chain(reply)).containsExactly("other", "plain");
            assertThat(exp(reply.accessToken())).isLessThanOrEqualTo(end);
            reply.find("refresh_token")
                    .ifPresent(token -> assertThat(exp(token)).isLessThanOrEqualTo(end));
            held = reply.accessToken();
        }
    }

    @Test
    @Tries({"RFC8693-4.1-chain", "RFC8693-1.1-impersonation"})
    void anAdministratorStaysInTheChainByTheIdTokenOfAnOfflineLogin() {
        TakenOverSession taken = TakenOverSession.of(mesh, "bob");
        mesh.clientResource("plain").addOptionalClientScope(mesh.scopeId("offline_access"));
        for (String scope : List.of("openid", "openid offline_access")) {
            Reply login = taken.signIn("plain", Form.of("scope", scope));
            Reply reply = ask(
                    as("plain"),
                    Form.of("claim_token", login.get("id_token"))
                            .with(
                                    "claim_token_format",
                                    "http://openid.net/specs/openid-connect-core-1_0.html#IDToken"));
            assertThat(Jwt.decode(reply.expect(200).accessToken())
                            .claims()
                            .at("/act/act/sub")
                            .asText())
                    .as(scope)
                    .isEqualTo(taken.administrator());
        }
    }

    @Test
    void whoSignedInMayRefreshTheRequestingPartyTokenAsLongAsTheSession() {
        Reply signedIn = signIn("plain", "alice");
        Reply reply = ask(signedIn.accessToken()).expect(200);
        assertThat(Jwt.decode(reply.refreshToken()).claims().has("mcp_not_after"))
                .isFalse();
        assertThat(chain(mesh.oauth().refresh(as("plain"), reply.refreshToken(), Form.empty())))
                .containsExactly("plain");
    }

    @Test
    @Tries({"RFC8693-2.1-subject", "RFC8693-5-laundering"})
    void a_bearer_token_that_names_no_algorithm_asks_for_nothing() {
        for (String token : List.of("e30.e30.cw", "bnVsbA.e30.cw", "eyJhbGciOm51bGx9.e30.cw")) {
            Reply reply = ask(token);
            assertThat(reply.status()).as(token + " " + reply).isEqualTo(400);
            assertThat(reply.error()).isEqualTo("invalid_grant");
        }
    }
}

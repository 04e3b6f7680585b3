package dev.keycloakmcp.itest.delegation;

import static dev.keycloakmcp.itest.delegation.Attack.attack;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.actor;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.as;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.chain;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.target;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.uri;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.LogFile;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.keycloak.representations.idm.UserRepresentation;

/** With Keycloak's legacy exchange and its experimental features beside ours. */
@KeycloakTest(
        features = {
            "token-exchange",
            "token-exchange-delegation",
            "parameterized-scopes",
            "resource-indicators",
            "scripts"
        })
class OtherExchangesIT {

    private static DelegationRealm mesh;

    @BeforeAll
    static void create(TestRealm realm) {
        mesh = DelegationRealm.create(realm);
        Client legacy = DelegationRealm.agent("legacy").resource(uri("legacy"), "crm:use");
        Client old = DelegationRealm.agent("old").optional();
        for (Client withoutStandardExchange : List.of(legacy, old)) {
            withoutStandardExchange.getAttributes().remove("standard.token.exchange.enabled");
            mesh.add(withoutStandardExchange);
        }
        mesh.add(Client.confidential("bare", "bare")
                .redirects(DelegationRealm.REDIRECT)
                .defaults("basic"));
    }

    private static String atLegacy() {
        return mesh.signIn("alice", "legacy", "crm:use").accessToken();
    }

    @Test
    void the_line_at_start_and_the_doctor_name_the_features(KeycloakServer keycloak) {
        String features = "resource-indicators, scripts, token-exchange, token-exchange-delegation";
        assertThat(LogFile.since(keycloak.logFile(), 0).lines().filter(line -> line.contains("Keycloak MCP Policies ")))
                .singleElement()
                .asString()
                .contains("; features that change what it does: ", features);
        JsonNode findings = mesh.oauth()
                .get(mesh.adminUri("mcp/doctor"), keycloak.adminToken())
                .expect(200)
                .json();
        assertThat(findings.valueStream()
                        .filter(finding -> finding.path("id").asText().equals("keycloak-features"))
                        .map(finding -> finding.path("problem").asText()))
                .singleElement()
                .asString()
                .contains(features);
    }

    @Test
    void delegation_works_as_without_the_features() {
        String user = mesh.signIn("alice", "gateway", "openid gateway:use").accessToken();
        Reply reply = mesh.exchange("gateway", user, "crm");
        assertThat(chain(reply)).containsExactly("gateway", "desk");
        Jwt token = Jwt.decode(reply.accessToken());
        assertThat(token.audience()).containsExactly(uri("crm"));
        assertThat(token.scopes()).containsExactly("crm:use");
        assertThat(mesh.oauth()
                        .introspect(as("crm"), reply.accessToken())
                        .json()
                        .path("act"))
                .isEqualTo(token.claims().path("act"));
        Jwt again = Jwt.decode(
                mesh.exchange("crm", reply.accessToken(), "tickets").expect(200).accessToken());
        assertThat(chain(again.claims().path("act"))).containsExactly("crm", "gateway", "desk");
    }

    @Test
    void an_actor_token_is_proven_as_without_the_features() {
        mesh.policy(Map.of("require-may-act", "never"));
        Reply reply = mesh.exchange(
                "gateway", mesh.direct("alice", "gateway"), target("crm").and(actor(mesh.machine("gateway", "crm"))));
        assertThat(chain(reply)).containsExactly("gateway");
        mesh.policy(Map.of());
    }

    /** Keycloak's experimental delegation lets the user name the one who may act, and leaves it at that. */
    @Test
    @Tries("RFC8693-4.4-may-act")
    void whom_the_user_names_by_keycloaks_delegation_scope_may_act_and_nobody_else() {
        String bob = mesh.userId("bob");
        mesh.grant(bob, "realm-management", "impersonation");
        mesh.add(Client.confidential("support", "support")
                .consent()
                .redirects(DelegationRealm.REDIRECT)
                .defaults("basic")
                .optional("delegation"));
        mesh.stockAudience("support", "gateway");
        String subject = mesh.signInAt("support", "alice", Form.of("scope", "openid delegation:bob"))
                .expect(200)
                .accessToken();
        assertThat(Jwt.decode(subject).claims().path("may_act").path("sub").asText())
                .isEqualTo(bob);

        // Bob acts himself, through the client that signed him in; one that only received his token is not named.
        mesh.change("gateway", client -> client.setDirectAccessGrantsEnabled(true));
        Reply allowed = mesh.exchange(
                "gateway",
                subject,
                target("crm")
                        .and(actor(mesh.oauth()
                                .token(
                                        as("gateway"),
                                        Form.password("bob", "bob").and(target("crm")))
                                .expect(200)
                                .accessToken())));
        JsonNode act = Jwt.decode(allowed.expect(200).accessToken()).claims().path("act");
        assertThat(act.path("sub").asText()).isEqualTo(bob);
        assertThat(chain(act)).containsExactly("gateway");
        assertThat(mesh.events().get(0).getDetails())
                .containsEntry("actor", "bob")
                .containsEntry("actor_id", bob)
                .containsEntry("actor_type", "user");
        Form received = actor(mesh.signIn("bob", "gateway", "gateway:use").accessToken());
        for (Form form : List.of(target("crm"), target("crm").and(received))) {
            assertThat(mesh.exchange("gateway", subject, form).error()).isEqualTo("invalid_request");
            assertThat(mesh.events().get(0).getDetails()).containsEntry("mcp_reason", "may_act_mismatch");
        }
    }

    @Test
    @Tries("RFC8693-5-laundering")
    void whomKeycloaksDelegationScopeNamesIsTheOnlyOneWhoMayActByBoundTokensToo() {
        mesh.grant(mesh.userId("bob"), "realm-management", "impersonation");
        mesh.add(Client.confidential("helpdesk", "helpdesk")
                .consent()
                .redirects(DelegationRealm.REDIRECT)
                .defaults("basic")
                .optional("delegation", "gateway:use"));
        Reply tokens = mesh.signInAt("helpdesk", "alice", target("gateway", "openid gateway:use delegation:bob"))
                .expect(200);
        Reply refreshed = mesh.oauth()
                .refresh(as("helpdesk"), tokens.refreshToken(), Form.empty())
                .expect(200);
        for (Reply bound : List.of(tokens, refreshed)) {
            Jwt token = Jwt.decode(bound.accessToken());
            assertThat(token.audience()).containsExactly(uri("gateway"));
            assertThat(token.claims().path("may_act").path("sub").asText()).isEqualTo(mesh.userId("bob"));
            assertThat(mesh.exchange("gateway", bound.accessToken(), "crm").error())
                    .isEqualTo("invalid_request");
            assertThat(mesh.events().get(0).getDetails()).containsEntry("mcp_reason", "may_act_mismatch");
        }
    }

    @Test
    @Tries("RFC8693-5-laundering")
    void left_to_keycloak_tokens_keep_their_actors_all_the_same() {
        mesh.policy(Map.of("exchange", "keycloak"));
        String user = mesh.signIn("alice", "gateway", "gateway:use").accessToken();
        assertThat(chain(mesh.exchange("gateway", user, "crm"))).containsExactly("gateway", "desk");
        assertThat(mesh.exchange("gateway", user, target("crm").and(actor("garbage")))
                        .error())
                .isEqualTo("invalid_request");
        mesh.policy(Map.of());
    }

    /** A token that says who acts without this extension's help, as Keycloak's own delegation will. */
    private static String nativeToken(String act) {
        mesh.executors(Map.of());
        Runnable undo = mesh.addMapper(
                "desk",
                Scope.mapper(
                        "native",
                        "oidc-hardcoded-claim-mapper",
                        Map.of(
                                "claim.name", "act",
                                "claim.value", act,
                                "jsonType.label", "JSON",
                                "access.token.claim", "true")));
        Runnable audience = mesh.stockAudience("desk", "gateway");
        String token = mesh.oauth()
                .token(as("desk"), Form.password("alice", "alice").with("scope", "gateway:use"))
                .expect(200)
                .accessToken();
        audience.run();
        undo.run();
        return token;
    }

    @Test
    void left_to_keycloak_rules_and_events_work_on_native_tokens() {
        String sub = mesh.serviceAccount("specialist");
        String token = nativeToken("{\"sub\":\"" + sub + "\",\"client_id\":\"specialist\"}");
        mesh.policy(Map.of("exchange", "keycloak"));
        assertThat(chain(Jwt.decode(token).claims().path("act"))).containsExactly("specialist");
        assertThat(mesh.oauth().introspect(as("gateway"), token).json().path("act"))
                .isEqualTo(Jwt.decode(token).claims().path("act"));

        Reply reply = mesh.exchange("gateway", token, "crm");
        assertThat(chain(reply)).containsExactly("gateway", "specialist");
        assertThat(mesh.admin()
                        .getEvents(List.of("TOKEN_EXCHANGE"), null, null, null, null, null, 0, 1)
                        .get(0)
                        .getDetails())
                .containsEntry("actor", "gateway")
                .containsEntry("delegation_chain", "specialist,gateway")
                .containsEntry("delegation_chain_depth", "2");

        mesh.policy(Map.of("exchange", "keycloak", "max-chain-depth", 1));
        Reply tooDeep = mesh.exchange("gateway", token, "crm");
        mesh.policy(Map.of("exchange", "keycloak", "allowed-actors", List.of("crm")));
        Reply notAllowed = mesh.exchange("gateway", token, "crm");
        mesh.policy(Map.of());
        assertThat(tooDeep.error()).isEqualTo("invalid_request");
        assertThat(notAllowed.error()).isEqualTo("invalid_request");
        assertThat(mesh.events().get(0).getDetails()).containsEntry("mcp_reason", "actor_not_allowed");
    }

    @Test
    void native_tokens_without_a_client_id_are_told_by_their_subject() {
        String token = nativeToken("{\"sub\":\"specialist\"}");
        mesh.policy(Map.of("exchange", "keycloak"));
        Reply reply = mesh.exchange("gateway", token, "crm");
        mesh.policy(Map.of());
        assertThat(chain(reply)).containsExactly("gateway", "specialist");
    }

    @Test
    void native_tokens_of_people_who_act_without_a_client_go_on_as_long_as_they_are_enabled() {
        String id = mesh.addUser("nora", "nora");
        String token = nativeToken("{\"sub\":\"" + id + "\"}");
        mesh.policy(Map.of("exchange", "keycloak"));
        Reply reply = mesh.exchange("gateway", token, "crm");
        UserRepresentation nora = mesh.admin().users().get(id).toRepresentation();
        nora.setEnabled(false);
        mesh.admin().users().get(id).update(nora);
        Reply refused = mesh.exchange("gateway", token, "crm");
        mesh.policy(Map.of());
        assertThat(chain(reply)).containsExactly("gateway", id);
        assertThat(refused.error()).isEqualTo("invalid_request");
        assertThat(mesh.events().get(0).getDetails()).containsEntry("mcp_reason", "actor_inactive");
    }

    @TestFactory
    @Tries({"RFC8693-5-laundering", "RFC8693-1.1-impersonation"})
    Stream<DynamicTest> legacy_exchange() {
        String type = "urn:ietf:params:oauth:token-type:";
        return Stream.of(
                legacy("by a client that the policy matches", "legacy", Form.empty()),
                legacy("to an audience", "legacy", Form.of("audience", "legacy")),
                legacy("to itself, by a client that no policy matches", "old", Form.empty()),
                legacy("for a SAML assertion", "old", Form.of("requested_token_type", type + "saml2")),
                legacy("for a refresh token", "old", Form.of("requested_token_type", type + "refresh_token")),
                legacy("for another subject", "old", Form.of("requested_subject", "bob")),
                legacy("for a token of another issuer", "old", Form.of("requested_issuer", "google")),
                legacy("as a token of another issuer", "old", Form.of("subject_issuer", "google")),
                legacy("with an actor token", "old", actor("garbage")),
                legacy("as a plain JWT", "old", Form.of("subject_token_type", type + "jwt")),
                attack(
                        mesh,
                        "legacy exchange of a bound token by which nobody acts",
                        "invalid_target",
                        "token_bound",
                        () -> {
                            String token = mesh.direct("alice", "legacy", "crm:use");
                            assertThat(Jwt.decode(token).claims().has("act")).isFalse();
                            return () -> mesh.exchange("old", token, Form.empty());
                        }),
                attack(
                        mesh,
                        "legacy exchange of a lightweight token",
                        "invalid_request",
                        "exchange_unsupported",
                        () -> {
                            mesh.change("desk", c -> c.getAttributes()
                                    .put("client.use.lightweight.access.token.enabled", "true"));
                            String token = atLegacy();
                            mesh.change("desk", c -> c.getAttributes()
                                    .put("client.use.lightweight.access.token.enabled", "false"));
                            assertThat(Jwt.decode(token).claims().has("act")).isFalse();
                            return () -> mesh.exchange("old", token, Form.empty());
                        }),
                attack(
                        mesh,
                        "legacy exchange in a session that somebody took over",
                        "invalid_request",
                        "exchange_unsupported",
                        () -> {
                            String token = TakenOverSession.of(mesh, "bob")
                                    .signIn("bare", Form.of("scope", "openid"))
                                    .accessToken();
                            assertThat(Jwt.decode(token).claims().has("act")).isFalse();
                            return () -> mesh.exchange("old", token, Form.empty());
                        }),
                attack(mesh, "standard exchange for another subject", "invalid_request", "exchange_unsupported", () -> {
                    String token =
                            mesh.signIn("alice", "gateway", "gateway:use").accessToken();
                    return () -> mesh.exchange("gateway", token, Form.of("requested_subject", "bob"));
                }));
    }

    private static DynamicTest legacy(String name, String client, Form form) {
        return attack(mesh, "legacy exchange " + name, "invalid_request", "exchange_unsupported", () -> {
            String token = atLegacy();
            return () -> mesh.exchange(client, token, form);
        });
    }
}

package dev.keycloakmcp.itest.delegation;

import static dev.keycloakmcp.itest.delegation.DelegationRealm.ACCESS_TOKEN;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.actor;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.as;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.chain;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.target;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.uri;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.jwk.ECKey;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Keys;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.keycloak.representations.idm.EventRepresentation;

/** The tables of {@code docs/reference/delegation.md} and of its refusals in troubleshooting, row by row. */
@KeycloakTest
class DelegationDocIT {

    private static final String PAGE = "reference/delegation.md";
    private static final String TROUBLESHOOTING = "operate/troubleshooting.md";
    private static final String COMPARISON = "| | impersonation | delegation |";
    private static final String HOPS = "| hop | who exchanges |";
    private static final String DETAILS = "| detail | what it says |";
    private static final String REFUSALS = "| reason | error | what to do |";

    private static final Map<String, Object> POLICY = Map.of("require-may-act", "never");
    private static final String TYPE = "urn:ietf:params:oauth:token-type:";

    private static DelegationRealm mesh;

    @BeforeAll
    static void create(TestRealm realm) {
        mesh = DelegationRealm.create(realm);
        mesh.policy(POLICY);
        mesh.change("specialist", client -> client.getAttributes()
                .put("standard.token.exchange.enableRefreshRequestedTokenType", "SAME_SESSION"));
    }

    @AfterEach
    void defaults() {
        mesh.policy(POLICY);
    }

    private static JsonNode claims(Reply reply) {
        return Jwt.decode(reply.expect(200).accessToken()).claims();
    }

    private static EventRepresentation lastExchange() {
        return mesh.admin()
                .getEvents(List.of("TOKEN_EXCHANGE"), null, null, null, null, null, 0, 1)
                .get(0);
    }

    @TestFactory
    Stream<DynamicTest> delegation_and_impersonation() {
        String user = mesh.signIn("alice", "gateway", "gateway:use").accessToken();
        JsonNode delegated = claims(mesh.exchange("gateway", user, "crm"));
        EventRepresentation event = lastExchange();
        // Stock Keycloak wants its client id in the audience.
        Runnable undo = mesh.stockAudience("desk", "gateway");
        Runnable mapper = mesh.withoutActorMapper("gateway");
        mesh.executors(Map.of());
        Reply stock = mesh.exchange(
                "gateway", mesh.direct("alice", "gateway"), actor("garbage").with("scope", "crm:use"));
        undo.run();
        mapper.run();
        mesh.policy(POLICY);
        JsonNode impersonating = claims(stock);
        Map<String, Runnable> rows = new LinkedHashMap<>();
        rows.put("the token says", () -> {
            assertThat(impersonating.has("act")).isFalse();
            assertThat(chain(delegated.path("act"))).containsExactly("gateway", "desk");
        });
        rows.put("sub", () -> {
            String alice = Jwt.decode(user).text("sub");
            assertThat(impersonating.path("sub").asText()).isEqualTo(alice);
            assertThat(delegated.path("sub").asText()).isEqualTo(alice);
        });
        rows.put("azp, client_id", () -> {
            assertThat(impersonating.path("azp").asText()).isEqualTo("gateway");
            assertThat(delegated.path("azp").asText()).isEqualTo("gateway");
            assertThat(delegated.path("client_id").asText()).isEqualTo("gateway");
        });
        rows.put("act", () -> {
            assertThat(impersonating.has("act")).isFalse();
            assertThat(delegated.path("act").path("client_id").asText()).isEqualTo("gateway");
            assertThat(delegated.path("act").path("act").path("client_id").asText())
                    .isEqualTo("desk");
        });
        rows.put("what a downstream API can decide by", () -> assertThat(chain(delegated.path("act")))
                .contains("desk", "gateway"));
        rows.put("what the auditor sees", () -> assertThat(event.getDetails())
                .containsEntry("actor", "gateway")
                .containsEntry("delegation_chain", "desk,gateway"));
        rows.put("when an agent misbehaves", () -> {
            String received = mesh.exchange("gateway", user, "crm").expect(200).accessToken();
            Runnable enable = mesh.change("gateway", client -> client.setEnabled(false));
            Reply next = mesh.exchange("crm", received, "tickets");
            boolean active = mesh.oauth()
                    .introspect(as("crm"), received)
                    .json()
                    .path("active")
                    .asBoolean();
            enable.run();
            assertThat(next.error()).isEqualTo("invalid_request");
            assertThat(active).isFalse();
        });
        rows.put("when the user was not there", () -> {
            Reply tokens = TakenOverSession.of(mesh, "bob").signIn("gateway", "gateway:use");
            assertThat(chain(mesh.exchange("gateway", tokens.accessToken(), "crm")))
                    .containsExactly("gateway", "desk", "security-admin-console");
        });
        return every(DocTable.column(PAGE, COMPARISON, 0), rows);
    }

    private static Stream<DynamicTest> every(List<String> documented, Map<String, Runnable> tested) {
        assertThat(tested.keySet()).containsExactlyElementsOf(documented);
        return tested.entrySet().stream().map(row -> DynamicTest.dynamicTest(row.getKey(), row.getValue()::run));
    }

    @Test
    void hops() {
        List<List<String>> rows = DocTable.rows(PAGE, HOPS);
        List<String> clients = List.of("gateway", "specialist", "crm");
        assertThat(rows).hasSize(1 + clients.size());
        String token = mesh.signIn("alice", "gateway", "gateway:use").accessToken();
        List<String> acting = new ArrayList<>(List.of("desk"));
        assertThat(acting).isEqualTo(List.of(rows.get(0).get(2).split(" > ")));
        List<String> servers = List.of("specialist", "crm", "tickets");
        for (int hop = 0; hop < clients.size(); hop++) {
            Reply reply =
                    mesh.exchange(clients.get(hop), token, servers.get(hop)).expect(200);
            token = reply.accessToken();
            List<String> row = rows.get(hop + 1);
            assertThat(row.get(1)).endsWith(clients.get(hop).equals("crm") ? "server" : clients.get(hop) + " agent");
            assertThat(chain(reply)).containsExactly(row.get(2).split(" > "));
            assertThat(lastExchange().getDetails()).containsEntry("delegation_chain", row.get(3));
        }
    }

    @Test
    void event_details() {
        String user = mesh.signIn("alice", "gateway", "gateway:use").accessToken();
        mesh.exchange("gateway", user, "crm").expect(200);
        assertThat(lastExchange().getDetails())
                .containsKeys(DocTable.column(PAGE, DETAILS, 0).toArray(String[]::new));
    }

    @TestFactory
    Stream<DynamicTest> refusals() {
        Map<String, Attack.Preparation> attacks = attacks();
        List<String> here = new ArrayList<>(DocTable.column(TROUBLESHOOTING, REFUSALS, 0));
        // Needs Keycloak's legacy exchange, as OtherExchangesIT has it.
        assertThat(here.remove("exchange_unsupported")).isTrue();
        // Needs a client whose users are asked, as ConsentedAccessIT has it.
        assertThat(here.remove("consent_missing")).isTrue();
        // Need a sign-in that began elsewhere, as UnaskedAccessIT has it.
        assertThat(here.removeAll(List.of("resource_not_asked", "code_challenge_missing")))
                .isTrue();
        // Needs a resource server of Keycloak's, as RequestingPartyTokenIT has it.
        assertThat(here.remove("uma_token_repeated")).isTrue();
        // Need another issuer, as AssertionGrantIT has it.
        assertThat(here.removeIf(reason -> reason.startsWith("grant_assertion_")))
                .isTrue();
        assertThat(attacks.keySet()).containsExactlyInAnyOrderElementsOf(here);
        return DocTable.rows(TROUBLESHOOTING, REFUSALS).stream()
                .filter(row -> here.contains(row.get(0)))
                .map(row ->
                        Attack.attack(mesh, "refusal: " + row.get(0), row.get(1), row.get(0), attacks.get(row.get(0))));
    }

    private static String direct() {
        return mesh.direct("alice", "gateway");
    }

    private static Attack.Preparation exchange(Form form) {
        return () -> {
            String subject = direct();
            return () -> mesh.exchange("gateway", subject, target("crm").and(form));
        };
    }

    /** Under another policy for the one request. */
    private static Callable<Reply> under(Map<String, ?> policy, Callable<Reply> request) {
        return () -> {
            mesh.policy(policy);
            Reply reply = request.call();
            mesh.policy(POLICY);
            return reply;
        };
    }

    private static Attack.Preparation exchangeUnder(Map<String, ?> policy) {
        return () -> {
            String subject = direct();
            return under(policy, () -> mesh.exchange("gateway", subject, "crm"));
        };
    }

    private static Callable<Reply> refreshed(Map<String, ?> policy) {
        mesh.policy(Map.of("allow-refresh", true));
        String token = mesh.exchange(
                        "specialist",
                        mesh.direct("alice", "specialist"),
                        target("crm").with("requested_token_type", DelegationRealm.REFRESH_TOKEN))
                .expect(200)
                .refreshToken();
        return under(policy, () -> mesh.oauth().refresh(as("specialist"), token, Form.empty()));
    }

    private static Callable<Reply> mapped(String mapper, Map<String, String> config) {
        Runnable undo = mesh.addMapper("desk", Scope.mapper("for-a-while", mapper, config));
        String token = direct();
        undo.run();
        return () -> mesh.exchange("gateway", token, "crm");
    }

    /** A token from before the realm had policies, when any mapper could write any claim. */
    private static Callable<Reply> claimed(String claim) {
        mesh.executors(Map.of());
        Runnable undo = mesh.addMapper(
                "desk",
                Scope.mapper(
                        "for-a-while",
                        "oidc-hardcoded-claim-mapper",
                        Map.of(
                                "claim.name", claim,
                                "claim.value", "nobody",
                                "jsonType.label", "String",
                                "access.token.claim", "true")));
        Runnable audience = mesh.stockAudience("desk", "gateway");
        String token = direct();
        audience.run();
        undo.run();
        mesh.policy(POLICY);
        return () -> mesh.exchange("gateway", token, "crm");
    }

    private static Map<String, Attack.Preparation> attacks() {
        Map<String, Attack.Preparation> attacks = new HashMap<>();
        attacks.put("exchange_parameter_repeated", exchange(Form.of("scope", "crm:use")));
        attacks.put("exchange_token_type", exchange(Form.of("requested_token_type", TYPE + "saml2")));
        attacks.put(
                "exchange_refresh_not_allowed",
                exchange(Form.of("requested_token_type", DelegationRealm.REFRESH_TOKEN)));
        attacks.put("subject_token_invalid", () -> () -> mesh.exchange("gateway", "garbage", "crm"));
        attacks.put("subject_token_not_for_client", () -> {
            String subject = direct();
            return () -> mesh.exchange("crm", subject, "tickets");
        });
        attacks.put("subject_token_unproven", () -> {
            ECKey key = Keys.ec();
            String bound = mesh.oauth()
                    .clientCredentials(as("gateway").proving(key), target("crm"))
                    .expect(200)
                    .accessToken();
            return () -> mesh.exchange("gateway", bound, "tickets");
        });
        attacks.put("actor_token_missing", exchangeUnder(Map.of("require-actor-token", true)));
        attacks.put("actor_token_type", exchange(Form.of("actor_token_type", ACCESS_TOKEN)));
        attacks.put("actor_token_invalid", exchange(actor("garbage")));
        attacks.put("actor_token_not_for_client", () -> {
            String subject = direct();
            String other = mesh.machine("specialist", "crm");
            return () -> mesh.exchange("gateway", subject, target("crm").and(actor(other)));
        });
        attacks.put("actor_token_unproven", () -> {
            String subject = direct();
            ECKey key = Keys.ec();
            String bound = mesh.oauth()
                    .clientCredentials(as("gateway").proving(key), target("crm"))
                    .expect(200)
                    .accessToken();
            return () -> mesh.exchange("gateway", subject, target("crm").and(actor(bound)));
        });
        attacks.put("actor_token_delegated", () -> {
            String subject = direct();
            String delegated = mesh.exchange("specialist", mesh.direct("bob", "specialist"), "gateway")
                    .expect(200)
                    .accessToken();
            return () -> mesh.exchange("gateway", subject, target("crm").and(actor(delegated)));
        });
        attacks.put("actor_not_allowed", exchangeUnder(Map.of("allowed-actors", List.of("crm"))));
        attacks.put("client_id_ambiguous", () -> {
            String id = mesh.userId("bob");
            mesh.add(Client.confidential(id, id)
                    .directAccess()
                    .exchanges()
                    .fullScope(false)
                    .defaults("basic")
                    .optional("crm:use"));
            String own = mesh.oauth()
                    .token(as(id), Form.password("alice", "alice").and(target("crm")))
                    .expect(200)
                    .accessToken();
            return () -> mesh.exchange(id, own, "crm");
        });
        attacks.put("actor_is_subject", () -> {
            String own = mesh.machine("gateway", "crm");
            return () -> mesh.exchange("gateway", own, "tickets");
        });
        attacks.put("actor_repeated", () -> {
            String first = mesh.exchange("gateway", direct(), "crm").expect(200).accessToken();
            return () -> mesh.exchange("gateway", first, "tickets");
        });
        attacks.put("actor_inactive", () -> {
            String received =
                    mesh.exchange("gateway", direct(), "crm").expect(200).accessToken();
            mesh.change("gateway", client -> client.getAttributes().put("mcp.suspended", "misbehaved"));
            return () -> {
                Reply reply = mesh.exchange("crm", received, "tickets");
                mesh.change("gateway", client -> client.getAttributes().put("mcp.suspended", ""));
                return reply;
            };
        });
        attacks.put("client_certificate_missing", () -> {
            String subject = direct();
            mesh.change("gateway", client -> client.getAttributes()
                    .put("tls.client.certificate.bound.access.tokens", "true"));
            return () -> {
                Reply reply = mesh.exchange("gateway", subject, "crm");
                mesh.change("gateway", client -> client.getAttributes()
                        .put("tls.client.certificate.bound.access.tokens", "false"));
                return reply;
            };
        });
        attacks.put("chain_malformed", () -> claimed("act"));
        attacks.put("chain_too_deep", () -> {
            String user = mesh.signIn("alice", "gateway", "gateway:use").accessToken();
            return under(Map.of("max-chain-depth", 1), () -> mesh.exchange("gateway", user, "crm"));
        });
        attacks.put("may_act_missing", exchangeUnder(Map.of("require-may-act", "always")));
        attacks.put("may_act_malformed", () -> claimed("may_act"));
        attacks.put(
                "may_act_mismatch",
                () -> mapped("oidc-mcp-may-act-mapper", Map.of("actor", "crm", "access.token.claim", "true")));
        attacks.put("subject_scope_not_held", exchangeUnder(Map.of("scope-rule", "subset")));
        attacks.put("scope_not_owned", () -> {
            String subject = direct();
            return () -> mesh.exchange(
                    "gateway", subject, Form.of("resource", uri("crm")).with("scope", "tickets:use"));
        });
        attacks.put("delegation_refresh_ended", () -> refreshed(POLICY));
        attacks.put(
                "delegation_actor_ended",
                () -> refreshed(Map.of("allow-refresh", true, "allowed-actors", List.of("crm"))));
        attacks.put("delegation_laundered", () -> {
            String token = mesh.signIn("alice", "gateway", "gateway:use").accessToken();
            return () -> mesh.oauth().token(as("gateway"), DelegationRealm.assertion(token));
        });
        return attacks;
    }
}

package dev.keycloakmcp.itest.delegation;

import static dev.keycloakmcp.itest.delegation.DelegationRealm.REDIRECT;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.actor;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.as;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.chain;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.target;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.uri;
import static dev.keycloakmcp.itest.realm.Scope.mapper;
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
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;

/**
 * Beside what Keycloak 26.8 does by itself. Where a test says that it is simulated, providers of the tests do Keycloak's part,
 * as far as its sources tell ({@code src/test/simulated}).
 */
@KeycloakTest(
        features = {
            "token-exchange",
            "token-exchange-delegation",
            "parameterized-scopes",
            "resource-indicators",
            "scripts"
        })
class NewerKeycloakIT {

    private static DelegationRealm mesh;
    /** Has the mapper, and no policy. */
    private static DelegationRealm stamped;

    private static TestRealm stampedRealm;

    @BeforeAll
    static void create(TestRealm realm, KeycloakServer keycloak) {
        mesh = simulated(realm);
        mesh.add(delegationScope(
                "delegation:client",
                member("may_act.sub", "oidc-parameterized-scope-client-sub-mapper"),
                member("may_act.client_id", "oidc-parameterized-scope-mapper")));
        mesh.add(delegationScope("helper", member("may_act.sub", "oidc-parameterized-scope-client-sub-mapper")));
        mesh.add(delegationScope("assistant", hardCoded("may_act.client_id", "gateway")));
        mesh.add(Client.confidential("support", "support")
                .consent()
                .redirects(REDIRECT)
                .defaults("basic")
                .optional("delegation:client", "assistant", "gateway:use", "specialist:use"));
        // No policy matches it.
        mesh.add(Client.confidential("sponsor", "sponsor")
                .consent()
                .redirects(REDIRECT)
                .defaults("basic")
                .optional("helper"));
        mesh.add(Client.confidential("bare", "bare").redirects(REDIRECT).defaults("basic"));
        mesh.stockAudience("sponsor", "gateway");
        stampedRealm = TestRealm.create(keycloak, "stamped");
        stamped = simulated(stampedRealm);
        stamped.executors(Map.of());
        stamped.stockAudience("desk", "gateway");
    }

    @AfterAll
    static void remove() {
        stampedRealm.close();
    }

    private static DelegationRealm simulated(TestRealm realm) {
        DelegationRealm created = DelegationRealm.create(realm);
        created.settings(settings -> {
            Map<String, String> attributes = new HashMap<>(settings.getAttributesOrEmpty());
            attributes.put("simulated.keycloak", "26.8");
            settings.setAttributes(attributes);
        });
        return created;
    }

    private static Scope delegationScope(String name, ProtocolMapperRepresentation... mappers) {
        Scope scope = Scope.named(name)
                .attribute("is.parameterized.scope", "true")
                .attribute("parameterized.scope.type", "string")
                .attribute("parameterized.scope.repeatable", "false");
        scope.setProtocolMappers(List.of(mappers));
        return scope;
    }

    private static ProtocolMapperRepresentation member(String claim, String type) {
        return mapper(
                claim,
                type,
                Map.of(
                        "claim.name", claim,
                        "jsonType.label", "String",
                        "multivalued", "false",
                        "access.token.claim", "true",
                        "id.token.claim", "true",
                        "introspection.token.claim", "true"));
    }

    private static ProtocolMapperRepresentation hardCoded(String claim, String value) {
        ProtocolMapperRepresentation mapper = member(claim, "oidc-hardcoded-claim-mapper");
        mapper.getConfig().put("claim.value", value);
        return mapper;
    }

    private static JsonNode claims(String token) {
        return Jwt.decode(token).claims();
    }

    private static Reply support(String server, String scope) {
        return mesh.signInAt("support", "alice", target(server, "openid " + server + ":use " + scope))
                .expect(200);
    }

    private static Map<String, String> event(DelegationRealm realm) {
        return realm.events("TOKEN_EXCHANGE").get(0).getDetails();
    }

    @Test
    @Tries("RFC8693-4.4-may-act")
    void a_simulated_26_8_scope_delegation_client_names_the_only_client_that_may_act() {
        Reply tokens = support("gateway", "delegation:client:gateway");
        JsonNode mayAct = claims(tokens.accessToken()).path("may_act");
        assertThat(mayAct.path("sub").asText()).isEqualTo(mesh.serviceAccount("gateway"));
        assertThat(mayAct.path("client_id").asText()).as(mayAct.toString()).isEqualTo("gateway");
        assertThat(claims(tokens.get("id_token")).path("may_act")).isEqualTo(mayAct);
        assertThat(mesh.oauth()
                        .introspect(as("gateway"), tokens.accessToken())
                        .json()
                        .path("may_act"))
                .isEqualTo(mayAct);
        assertThat(chain(mesh.exchange("gateway", tokens.accessToken(), "crm"))).containsExactly("gateway");

        Reply others = support("specialist", "delegation:client:gateway");
        assertThat(mesh.exchange("specialist", others.accessToken(), "crm").error())
                .isEqualTo("invalid_request");
        assertThat(mesh.events().get(0).getDetails()).containsEntry("mcp_reason", "may_act_mismatch");
    }

    @Test
    @Tries("RFC8693-5-laundering")
    void who_may_act_by_a_simulated_26_8_scope_survives_refreshes_of_bound_tokens() {
        Reply tokens = support("specialist", "delegation:client:gateway");
        Reply refreshed = mesh.oauth()
                .refresh(as("support"), tokens.refreshToken(), Form.empty())
                .expect(200);
        assertThat(claims(refreshed.accessToken()).path("may_act"))
                .isEqualTo(claims(tokens.accessToken()).path("may_act"));
        assertThat(mesh.exchange("specialist", refreshed.accessToken(), "crm").error())
                .isEqualTo("invalid_request");
        assertThat(mesh.events().get(0).getDetails()).containsEntry("mcp_reason", "may_act_mismatch");
    }

    @Test
    @Tries("RFC8693-5-laundering")
    void who_may_act_is_in_lightweight_tokens_too() {
        Runnable undo = mesh.change(
                "support", client -> client.getAttributes().put("client.use.lightweight.access.token.enabled", "true"));
        Reply tokens = support("specialist", "delegation:client:gateway");
        undo.run();
        assertThat(claims(tokens.accessToken())
                        .path("may_act")
                        .path("client_id")
                        .asText())
                .isEqualTo("gateway");
        assertThat(mesh.exchange("specialist", tokens.accessToken(), "crm").error())
                .isEqualTo("invalid_request");
    }

    @Test
    @Tries("RFC8693-4.4-may-act")
    void any_mapper_of_keycloak_in_a_scope_with_a_parameter_says_who_may_act_and_other_mappers_restrict() {
        Runnable undo = mesh.addMapper("support", hardCoded("may_act.sub", mesh.serviceAccount("specialist")));
        Reply gateways = support("gateway", "assistant:anything");
        Reply restricted = support("gateway", "");
        undo.run();
        assertThat(claims(gateways.accessToken()).path("may_act").toString()).isEqualTo("{\"client_id\":\"gateway\"}");
        assertThat(chain(mesh.exchange("gateway", gateways.accessToken(), "crm")))
                .containsExactly("gateway");
        assertThat(mesh.exchange("gateway", restricted.accessToken(), "crm")
                        .expect(400)
                        .error())
                .isEqualTo("invalid_request");
        assertThat(mesh.events().get(0).getDetails()).containsEntry("mcp_reason", "may_act_mismatch");
    }

    @Test
    void a_simulated_26_8_delegation_provider_is_asked_only_where_a_policy_leaves_exchanges_to_keycloak() {
        String subject = mesh.signInAt("sponsor", "alice", Form.of("scope", "openid helper:gateway"))
                .expect(200)
                .accessToken();
        Form form = target("crm").and(actor(mesh.machine("gateway", "crm")));
        // Ours writes the client id.
        assertThat(claims(mesh.exchange("gateway", subject, form).expect(200).accessToken())
                        .path("act")
                        .path("client_id")
                        .asText())
                .isEqualTo("gateway");
        assertThat(event(mesh)).containsEntry("delegation_chain", "gateway").containsEntry("mcp_decision", "allow");

        mesh.policy(Map.of("exchange", "keycloak"));
        Reply native_ = mesh.exchange("gateway", subject, form);
        mesh.policy(Map.of());
        String account = mesh.serviceAccount("gateway");
        JsonNode token = claims(native_.expect(200).accessToken());
        assertThat(token.path("act").toString()).isEqualTo("{\"sub\":\"" + account + "\"}");
        assertThat(Jwt.decode(native_.accessToken()).audience()).containsExactly(uri("crm"));
        assertThat(event(mesh))
                .containsEntry("actor", "gateway")
                .containsEntry("actor_id", account)
                .containsEntry("actor_type", "client")
                .containsEntry("delegation_chain", "gateway")
                .containsEntry("delegation_chain_depth", "1");
        // What came of it goes on here, with the names that this extension has.
        assertThat(chain(mesh.exchange("crm", native_.accessToken(), "tickets")))
                .containsExactly("crm", "gateway");
    }

    @Test
    void a_simulated_26_8_standard_exchange_refuses_stamped_tokens_and_the_mapper_serves_them() {
        String token = stamped.signIn("alice", Form.of("scope", "gateway:use"))
                .expect(200)
                .accessToken();
        assertThat(chain(claims(token).path("act"))).containsExactly("desk");
        Reply reply = stamped.exchange("gateway", token, Form.of("scope", "crm:use"));
        assertThat(chain(reply)).containsExactly("gateway", "desk");
        assertThat(event(stamped))
                .containsEntry("delegation_chain", "desk,gateway")
                .doesNotContainKey("mcp_decision");
        // Keycloak's token endpoint reads parameters without such characters.
        for (String sent : List.of(token + "\u0001", token + "\n", token + "%0A", "\u0001" + token)) {
            assertThat(chain(stamped.exchange("gateway", sent, Form.of("scope", "crm:use"))))
                    .containsExactly("gateway", "desk");
        }

        Runnable undo = stamped.withoutActorMapper("gateway");
        Reply lost = stamped.exchange("gateway", token, Form.of("scope", "crm:use"));
        undo.run();
        assertThat(lost.expect(400).error()).isEqualTo("invalid_request");
        assertThat(stamped.oauth()
                        .get(stamped.adminUri("mcp/doctor"), stamped.server().adminToken())
                        .expect(200)
                        .json()
                        .findValuesAsText("id"))
                .contains("not-in-use", "actors-unproven");
    }

    @Test
    @Tries("RFC8693-4.4-may-act")
    void a_simulated_26_8_standard_exchange_goes_on_refusing_tokens_that_say_who_may_act() {
        Runnable undo = stamped.addMapper(
                "desk",
                mapper(
                        "may-act",
                        "oidc-mcp-may-act-mapper",
                        Map.of("actor", "specialist", "access.token.claim", "true")));
        String token = stamped.signIn("alice", Form.of("scope", "gateway:use"))
                .expect(200)
                .accessToken();
        undo.run();
        assertThat(claims(token).path("may_act").path("client_id").asText()).isEqualTo("specialist");
        assertThat(stamped.exchange("gateway", token, Form.of("scope", "crm:use"))
                        .expect(400)
                        .error())
                .isEqualTo("invalid_request");
    }

    @Test
    @Tries("RFC8693-4.1-forge")
    void what_a_simulated_26_8_delegation_provider_says_of_actors_the_mapper_alone_does_not_change() {
        String account = stamped.serviceAccount("gateway");
        Runnable undo = stamped.addMapper("desk", hardCoded("may_act.sub", account));
        String token = stamped.signIn("alice", Form.of("scope", "gateway:use"))
                .expect(200)
                .accessToken();
        undo.run();
        String proof = stamped.machine("gateway", Form.empty()).expect(200).accessToken();
        Reply reply =
                stamped.exchange("gateway", token, Form.of("scope", "crm:use").and(actor(proof)));
        assertThat(claims(reply.expect(200).accessToken()).path("act").toString())
                .isEqualTo("{\"sub\":\"" + account + "\"}");
        assertThat(event(stamped))
                .containsEntry("actor", "gateway")
                .containsEntry("actor_id", account)
                .containsEntry("actor_type", "client")
                .containsEntry("delegation_chain", "gateway");
    }

    @Test
    void what_a_simulated_26_8_says_of_an_administrator_who_took_over_a_session_stays() {
        TakenOverSession taken = TakenOverSession.of(mesh, "bob");
        JsonNode act = claims(taken.signIn("bare", Form.of("scope", "openid")).accessToken())
                .path("act");
        assertThat(act.path("sub").asText()).isEqualTo(taken.administrator());
        assertThat(act.path("preferred_username").asText())
                .isEqualTo(mesh.server().adminUsername());
        assertThat(act).hasSize(2);
        // Where the mapper stamps, its own form names the client, too.
        assertThat(chain(claims(taken.signIn("gateway", "gateway:use").accessToken())
                        .path("act")))
                .containsExactly("desk", "security-admin-console");
    }

    @Test
    void a_token_in_which_a_simulated_26_8_names_an_administrator_is_exchanged_with_one_actor_for_that() {
        Runnable undo = mesh.withoutActorMapper("desk");
        String token = TakenOverSession.of(mesh, "bob")
                .signIn("gateway", "gateway:use")
                .accessToken();
        undo.run();
        assertThat(claims(token).path("act").has("client_id")).isFalse();
        assertThat(chain(mesh.exchange("gateway", token, "crm"))).containsExactly("gateway", "security-admin-console");
    }
}

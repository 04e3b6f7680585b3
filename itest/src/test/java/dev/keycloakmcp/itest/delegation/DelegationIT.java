package dev.keycloakmcp.itest.delegation;

import static dev.keycloakmcp.itest.delegation.DelegationRealm.actor;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.as;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.chain;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.target;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.uri;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.RoleRepresentation;

/** Delegated access as it should be. */
@KeycloakTest
class DelegationIT {

    private static DelegationRealm mesh;

    @BeforeAll
    static void create(TestRealm realm) {
        mesh = DelegationRealm.create(realm);
    }

    @AfterEach
    void defaults() {
        mesh.policy(Map.of());
    }

    /** Sign-in, and five exchanges; every API takes its token apart and asks the realm about it. */
    @Test
    void a_chain_of_five_hops_tells_every_api_all_actors() {
        mesh.policy(Map.of("max-chain-depth", 6));
        List<String> exchanging = List.of("gateway", "specialist", "crm", "tickets", "archive");
        List<String> receiving = List.of("specialist", "crm", "tickets", "archive", "vault");
        String token = mesh.signIn("alice", "gateway", "openid gateway:use").accessToken();
        String alice = Jwt.decode(token).text("sub");
        List<String> actors = new ArrayList<>(List.of("desk"));
        assertTold("gateway", token, alice, actors);
        for (int hop = 0; hop < exchanging.size(); hop++) {
            String actor = exchanging.get(hop);
            token = mesh.exchange(actor, token, receiving.get(hop)).expect(200).accessToken();
            actors.add(actor);
            assertTold(receiving.get(hop), token, alice, actors);
            assertThat(mesh.admin()
                            .getEvents(List.of("TOKEN_EXCHANGE"), null, null, null, null, null, 0, 1)
                            .get(0)
                            .getDetails())
                    .containsEntry("actor", actor)
                    .containsEntry("actor_id", mesh.serviceAccount(actor))
                    .containsEntry("actor_type", "client")
                    .containsEntry("delegation_chain", String.join(",", actors))
                    .containsEntry("delegation_chain_depth", String.valueOf(actors.size()))
                    .containsEntry("resource", uri(receiving.get(hop)))
                    .containsEntry("mcp_decision", "allow")
                    .containsEntry("mcp_reason", "ok");
        }
        assertThat(actors).hasSize(6);
    }

    /** What an API learns of the token that it received, by the realm's keys and by introspection. */
    private static void assertTold(String api, String received, String user, List<String> oldestFirst) {
        Jwt token = mesh.oauth().verify(received);
        assertThat(token.audience()).containsExactly(uri(api));
        assertThat(token.scopes()).contains(api + ":use").isSubsetOf(api + ":use", "openid");
        assertThat(token.text("sub")).isEqualTo(user);
        JsonNode act = token.claims().path("act");
        List<String> chain = chain(act);
        Collections.reverse(chain);
        assertThat(chain).isEqualTo(oldestFirst);
        for (JsonNode actor = act; actor.isObject(); actor = actor.path("act")) {
            String client = actor.path("client_id").asText();
            assertThat(actor.path("sub").asText())
                    .isEqualTo(client.equals("desk") ? client : mesh.serviceAccount(client));
        }
        JsonNode introspected = mesh.oauth().introspect(as(api), received).json();
        assertThat(introspected.path("active").asBoolean()).isTrue();
        assertThat(introspected.path("sub").asText()).isEqualTo(user);
        assertThat(introspected.path("act")).isEqualTo(act);
    }

    @Test
    void a_person_may_be_the_actor_through_the_client_that_signed_the_person_in() {
        mesh.policy(Map.of("require-may-act", "never"));
        mesh.change("gateway", client -> client.setDirectAccessGrantsEnabled(true));
        String user = mesh.signIn("alice", "gateway", "gateway:use").accessToken();
        String bob = mesh.oauth()
                .token(as("gateway"), Form.password("bob", "bob").and(target("crm")))
                .expect(200)
                .accessToken();
        Reply reply = mesh.exchange("gateway", user, target("crm").and(actor(bob)));
        JsonNode act = Jwt.decode(reply.expect(200).accessToken()).claims().path("act");
        assertThat(act.path("sub").asText()).isEqualTo(Jwt.decode(bob).text("sub"));
        assertThat(act.path("client_id").asText()).isEqualTo("gateway");
        assertThat(chain(act.path("act"))).containsExactly("desk");
        assertThat(mesh.events().get(0).getDetails())
                .containsEntry("actor", "bob")
                .containsEntry("actor_id", Jwt.decode(bob).text("sub"))
                .containsEntry("actor_type", "user")
                .containsEntry("delegation_chain", "desk,gateway");
    }

    @Test
    @Tries({"RFC8693-2.1-actor", "ASI03-impersonation"})
    void a_client_that_received_a_persons_token_acts_in_front_of_the_person() {
        mesh.policy(Map.of("require-may-act", "never"));
        String user = mesh.signIn("alice", "gateway", "gateway:use").accessToken();
        String bob = mesh.signIn("bob", "gateway", "gateway:use").accessToken();
        Reply reply = mesh.exchange("gateway", user, target("crm").and(actor(bob)));
        JsonNode act = Jwt.decode(reply.expect(200).accessToken()).claims().path("act");
        assertThat(chain(act)).containsExactly("gateway", "desk", "desk");
        assertThat(act.path("act").path("sub").asText())
                .isEqualTo(Jwt.decode(bob).text("sub"));
        assertThat(mesh.events().get(0).getDetails())
                .containsEntry("actor", "gateway")
                .containsEntry("actor_type", "client")
                .containsEntry("delegation_chain", "desk,desk,gateway");
    }

    /** Tokens come from the authorization endpoint, too, where no policy binds the client's to a server. */
    @ParameterizedTest
    @ValueSource(strings = {"code", "code token", "code id_token token"})
    void a_client_exchanges_its_own_token_of_a_sign_in(String responseType) {
        String redirect = "http://127.0.0.1:9071/cb";
        String hybrid = responseType.replace(' ', '-');
        Client client = Client.confidential(hybrid, hybrid)
                .redirects(redirect)
                .exchanges()
                .fullScope(false)
                .defaults("basic", "mcp-actor");
        client.setImplicitFlowEnabled(true);
        mesh.add(client);
        Authorization login = mesh.oauth()
                .authorize(Form.of("client_id", hybrid)
                        .with("redirect_uri", redirect)
                        .with("response_type", responseType)
                        .with("nonce", "n")
                        .with("scope", "openid"))
                .as("alice", "alice");
        String token = responseType.equals("code")
                ? mesh.oauth().code(as(hybrid), login, Form.empty()).expect(200).accessToken()
                : login.callback().get("access_token");
        assertThat(chain(Jwt.decode(token).claims().path("act"))).containsExactly(hybrid);

        assertThat(chain(mesh.exchange(hybrid, token, Form.of("scope", "openid"))))
                .containsExactly(hybrid);
    }

    @Test
    void actors_are_allowed_by_client_id_realm_role_or_client_role() {
        String subject = mesh.direct("alice", "gateway");
        mesh.admin().roles().create(new RoleRepresentation("may-act", null, false));
        var account = mesh.admin().users().get(mesh.serviceAccount("gateway")).roles();
        mesh.policy(Map.of("allowed-actors", List.of("gateway")));
        assertThat(chain(mesh.exchange("gateway", subject, "crm"))).containsExactly("gateway");
        mesh.policy(Map.of("allowed-actors", List.of("specialist"), "allowed-actor-roles", List.of("may-act")));
        assertThat(mesh.exchange("gateway", subject, "crm").error()).isEqualTo("invalid_request");
        account.realmLevel().add(List.of(mesh.admin().roles().get("may-act").toRepresentation()));
        assertThat(chain(mesh.exchange("gateway", subject, "crm"))).containsExactly("gateway");

        mesh.policy(Map.of("allowed-actor-roles", List.of("crm.actor")));
        assertThat(mesh.exchange("gateway", subject, "crm").error()).isEqualTo("invalid_request");
        mesh.addRole("crm", "actor");
        mesh.grant(mesh.serviceAccount("gateway"), "crm", "actor");
        assertThat(chain(mesh.exchange("gateway", subject, "crm"))).containsExactly("gateway");
    }

    @Test
    void the_doctor_finds_roles_among_the_client_ids_of_an_older_configuration() {
        mesh.policy(Map.of("allowed-actors", List.of("gateway", "helpdesk")));
        assertThat(mesh.oauth()
                        .get(mesh.adminUri("mcp/doctor"), mesh.server().adminToken())
                        .expect(200)
                        .json()
                        .valueStream()
                        .filter(finding -> finding.path("id").asText().equals("allowed-actor-unknown")))
                .singleElement()
                .satisfies(finding -> assertThat(finding.path("problem").asText())
                        .contains("helpdesk")
                        .doesNotContain("gateway"));
    }

    @Test
    @Tries("ASI03-privilege")
    void a_role_is_no_client_id_and_a_realm_role_no_role_of_a_client() {
        String subject = mesh.direct("alice", "specialist");
        for (String role : List.of("gateway", "archive.actor")) {
            mesh.admin().roles().create(new RoleRepresentation(role, null, false));
            mesh.admin()
                    .users()
                    .get(mesh.serviceAccount("specialist"))
                    .roles()
                    .realmLevel()
                    .add(List.of(mesh.admin().roles().get(role).toRepresentation()));
        }
        mesh.addRole("archive", "actor");
        for (Map<String, ?> policy : List.of(
                Map.of("allowed-actors", List.of("gateway")),
                Map.of("allowed-actor-roles", List.of("specialist")),
                Map.of("allowed-actor-roles", List.of("archive.actor")))) {
            mesh.policy(policy);
            assertThat(mesh.exchange("specialist", subject, "crm").error()).isEqualTo("invalid_request");
            assertThat(mesh.events().get(0).getDetails()).containsEntry("mcp_reason", "actor_not_allowed");
        }
    }

    @Test
    @Tries({"RFC8693-5-scope", "ASI03-privilege"})
    void roles_are_those_of_the_target_that_the_requesting_client_may_have() {
        String alice = mesh.userId("alice");
        for (String server : List.of("crm", "tickets")) {
            mesh.addRole(server, "granted");
            mesh.addRole(server, "withheld");
            mesh.grant(alice, server, "granted", "withheld");
            mesh.mapRoles("gateway", server, "granted");
        }
        Runnable undo = mesh.addMapper(
                "gateway",
                Scope.mapper(
                        "roles",
                        "oidc-usermodel-client-role-mapper",
                        Map.of(
                                "claim.name",
                                "resource_access.${client_id}.roles",
                                "multivalued",
                                "true",
                                "jsonType.label",
                                "String",
                                "access.token.claim",
                                "true")));
        JsonNode claims = Jwt.decode(mesh.exchange("gateway", mesh.direct("alice", "gateway"), "crm")
                        .expect(200)
                        .accessToken())
                .claims();
        undo.run();
        assertThat(claims.path("resource_access").fieldNames()).toIterable().containsExactly("crm");
        assertThat(claims.path("resource_access").path("crm").path("roles"))
                .singleElement()
                .returns("granted", JsonNode::asText);
    }

    @Test
    @Tries({"RFC8693-1.1-impersonation", "MCP-token-passthrough-audit"})
    void without_an_actor_token_the_authenticated_client_acts() {
        Reply reply = mesh.exchange("gateway", mesh.direct("alice", "gateway"), "crm");
        JsonNode act = Jwt.decode(reply.expect(200).accessToken()).claims().path("act");
        assertThat(act.path("sub").asText()).isEqualTo(mesh.serviceAccount("gateway"));
        assertThat(act.path("client_id").asText()).isEqualTo("gateway");
        assertThat(act.has("act")).isFalse();
        assertThat(reply.json().path("issued_token_type").asText()).isEqualTo(DelegationRealm.ACCESS_TOKEN);
        assertThat(reply.json().has("refresh_token")).isFalse();
    }

    @Test
    void an_actor_token_proves_the_actor() {
        mesh.policy(Map.of("require-actor-token", true, "require-may-act", "never"));
        String subject = mesh.direct("alice", "gateway");
        Reply reply = mesh.exchange("gateway", subject, target("crm").and(actor(mesh.machine("gateway", "crm"))));
        assertThat(chain(reply)).containsExactly("gateway");
    }

    @Test
    @Tries({"RFC8693-2.1-actor", "ASI03-impersonation"})
    void a_server_that_received_an_agents_token_is_the_outermost_actor() {
        mesh.policy(Map.of("require-may-act", "never"));
        String subject = mesh.direct("alice", "gateway");
        Reply reply =
                mesh.exchange("gateway", subject, target("crm").and(actor(mesh.machine("specialist", "gateway"))));
        JsonNode act = Jwt.decode(reply.expect(200).accessToken()).claims().path("act");
        assertThat(chain(act)).containsExactly("gateway", "specialist");
        assertThat(act.path("sub").asText()).isEqualTo(mesh.serviceAccount("gateway"));
        assertThat(act.path("act").path("sub").asText()).isEqualTo(mesh.serviceAccount("specialist"));
        assertThat(Jwt.decode(reply.accessToken()).text("azp")).isEqualTo("gateway");
        assertThat(mesh.events().get(0).getDetails())
                .containsEntry("actor", "gateway")
                .containsEntry("delegation_chain", "specialist,gateway");
    }

    /** The one who received a token, and the one who proves to act by it, both have to be allowed. */
    @Test
    @Tries({"RFC8693-2.1-actor", "ASI03-deputy"})
    void neither_the_recipient_of_an_actor_token_nor_its_actor_passes_by_the_other() {
        String subject = mesh.direct("alice", "gateway");
        String received = mesh.machine("specialist", "gateway");
        Form form = target("crm").and(actor(received));
        for (String one : List.of("gateway", "specialist")) {
            mesh.policy(Map.of("require-may-act", "never", "allowed-actors", List.of(one)));
            assertThat(mesh.exchange("gateway", subject, form).error()).isEqualTo("invalid_request");
            assertThat(mesh.events().get(0).getDetails())
                    .containsEntry("mcp_reason", "actor_not_allowed")
                    .hasEntrySatisfying(
                            "actor_token_act", act -> assertThat(act).contains("\"client_id\":\"specialist\""));
        }
        mesh.policy(Map.of("require-may-act", "never", "allowed-actors", List.of("gateway", "specialist")));
        assertThat(chain(mesh.exchange("gateway", subject, form))).containsExactly("gateway", "specialist");
        mesh.policy(Map.of("require-may-act", "never", "max-chain-depth", 1));
        assertThat(mesh.exchange("gateway", subject, form).error()).isEqualTo("invalid_request");
        assertThat(mesh.events().get(0).getDetails()).containsEntry("mcp_reason", "chain_too_deep");
    }

    @Test
    @Tries({"RFC8693-5-revocation", "ASI03-stale"})
    void a_refresh_is_held_to_the_actor_whose_token_was_received() {
        mesh.change("gateway", client -> client.getAttributes()
                .put("standard.token.exchange.enableRefreshRequestedTokenType", "SAME_SESSION"));
        Map<String, ?> both = Map.of(
                "allow-refresh", true, "require-may-act", "never", "allowed-actors", List.of("gateway", "specialist"));
        mesh.policy(both);
        String user = mesh.signIn("alice", "gateway", "gateway:use").accessToken();
        Reply reply = mesh.exchange(
                        "gateway",
                        user,
                        target("crm")
                                .with("requested_token_type", DelegationRealm.REFRESH_TOKEN)
                                .and(actor(mesh.machine("specialist", "gateway"))))
                .expect(200);
        Reply again = mesh.oauth()
                .refresh(as("gateway"), reply.refreshToken(), Form.empty())
                .expect(200);
        mesh.policy(Map.of("allow-refresh", true, "allowed-actors", List.of("gateway")));
        Reply refused = mesh.oauth().refresh(as("gateway"), again.refreshToken(), Form.empty());
        assertThat(refused.error()).isEqualTo("invalid_grant");
        assertThat(mesh.events().get(0).getDetails()).containsEntry("mcp_reason", "delegation_actor_ended");
        mesh.policy(both);
        assertThat(chain(mesh.oauth().refresh(as("gateway"), again.refreshToken(), Form.empty())))
                .containsExactly("gateway", "specialist", "desk");
    }

    @Test
    void an_access_token_is_a_jwt_and_a_parameter_without_a_value_is_absent() {
        mesh.policy(Map.of("require-may-act", "never"));
        String subject = mesh.direct("alice", "gateway");
        String jwt = "urn:ietf:params:oauth:token-type:jwt";
        Form own = Form.of("actor_token", mesh.machine("gateway", "crm")).with("actor_token_type", jwt);
        assertThat(chain(mesh.exchange("gateway", subject, target("crm").and(own))))
                .containsExactly("gateway");
        assertThat(chain(mesh.exchange("gateway", subject, target("crm").with("subject_token_type", jwt))))
                .containsExactly("gateway");
        Form empty = Form.of("actor_token", "").with("actor_token_type", "");
        assertThat(chain(mesh.exchange("gateway", subject, target("crm").and(empty))))
                .containsExactly("gateway");
    }

    @Test
    void the_client_of_the_sign_in_goes_on_acting() {
        String user = mesh.signIn("alice", "gateway", "openid gateway:use").accessToken();
        assertThat(chain(Jwt.decode(user).claims().path("act"))).containsExactly("desk");
        assertThat(chain(mesh.exchange("gateway", user, "crm"))).containsExactly("gateway", "desk");
    }

    @Test
    void audience_names_the_target_as_well_as_resource() {
        String subject = mesh.direct("alice", "gateway");
        Reply byUri = mesh.exchange(
                "gateway", subject, Form.of("audience", uri("crm")).with("scope", "crm:use"));
        Reply byClient =
                mesh.exchange("gateway", subject, Form.of("audience", "crm").with("scope", "crm:use"));
        assertThat(Jwt.decode(byUri.expect(200).accessToken()).audience()).containsExactly(uri("crm"));
        assertThat(Jwt.decode(byClient.expect(200).accessToken()).audience()).containsExactly(uri("crm"));
    }

    @Test
    @Tries("RFC8693-2.2-lifetime")
    void a_token_lives_no_longer_than_the_policy_and_the_subject_token_allow() {
        String subject = mesh.direct("alice", "gateway");
        Jwt first =
                Jwt.decode(mesh.exchange("gateway", subject, "crm").expect(200).accessToken());
        assertThat(lifetime(first)).isLessThanOrEqualTo(300).isGreaterThan(200);
        mesh.policy(Map.of("max-token-lifetime", 7200));
        Reply second = mesh.exchange("gateway", subject, "crm").expect(200);
        assertThat(Jwt.decode(second.accessToken()).claims().path("exp").asLong())
                .isLessThanOrEqualTo(Jwt.decode(subject).claims().path("exp").asLong());
        assertThat(second.json().path("expires_in").asLong()).isLessThanOrEqualTo(3600);
        mesh.policy(Map.of("max-token-lifetime", "30"));
        assertThat(lifetime(Jwt.decode(
                        mesh.exchange("gateway", subject, "crm").expect(200).accessToken())))
                .isLessThanOrEqualTo(30);
    }

    private static long lifetime(Jwt token) {
        return token.claims().path("exp").asLong() - token.claims().path("iat").asLong();
    }

    @Test
    @Tries({"RFC8693-5-laundering", "RFC8693-2.2-lifetime"})
    void a_refresh_keeps_the_chain_and_ends_with_the_policy() {
        mesh.change("gateway", client -> client.getAttributes()
                .put("standard.token.exchange.enableRefreshRequestedTokenType", "SAME_SESSION"));
        mesh.policy(Map.of("allow-refresh", true));
        String user = mesh.signIn("alice", "gateway", "openid gateway:use").accessToken();
        Reply reply = mesh.exchange(
                        "gateway", user, target("crm").with("requested_token_type", DelegationRealm.REFRESH_TOKEN))
                .expect(200);
        Reply refreshed = mesh.oauth()
                .refresh(as("gateway"), reply.refreshToken(), Form.empty())
                .expect(200);
        Reply again = mesh.oauth()
                .refresh(as("gateway"), refreshed.refreshToken(), Form.empty())
                .expect(200);
        assertThat(chain(again)).containsExactly("gateway", "desk");
        assertThat(Jwt.decode(again.accessToken()).audience()).containsExactly(uri("crm"));
        assertThat(Jwt.decode(again.accessToken()).scopes()).containsExactly("crm:use");
        assertThat(lifetime(Jwt.decode(again.accessToken()))).isLessThanOrEqualTo(300);

        mesh.policy(Map.of("allow-refresh", false));
        Reply ended = mesh.oauth().refresh(as("gateway"), again.refreshToken(), Form.empty());
        assertThat(ended.error()).isEqualTo("invalid_grant");
        mesh.policy(Map.of("allow-refresh", true, "allowed-actors", List.of("specialist")));
        assertThat(mesh.oauth()
                        .refresh(as("gateway"), again.refreshToken(), Form.empty())
                        .error())
                .isEqualTo("invalid_grant");
        mesh.policy(Map.of("allow-refresh", true, "max-chain-depth", 1));
        assertThat(mesh.oauth()
                        .refresh(as("gateway"), again.refreshToken(), Form.empty())
                        .error())
                .isEqualTo("invalid_grant");
        assertThat(mesh.events().get(0).getDetails()).containsEntry("mcp_reason", "delegation_refresh_ended");
        mesh.policy(Map.of("allow-refresh", true));
        assertThat(chain(mesh.oauth().refresh(as("gateway"), again.refreshToken(), Form.empty())))
                .containsExactly("gateway", "desk");
    }

    @Test
    void report_lets_everything_go_on_and_says_what_would_be_denied() {
        mesh.policy(Map.of("enforcement", "report", "require-actor-token", true));
        Reply reply = mesh.exchange("gateway", mesh.direct("alice", "gateway"), "crm");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(mesh.admin()
                        .getEvents(List.of("TOKEN_EXCHANGE"), null, null, null, null, null, 0, 1)
                        .get(0)
                        .getDetails())
                .containsEntry("mcp_decision", "would-deny")
                .containsEntry("mcp_reason", "actor_token_missing");
    }
}

package dev.keycloakmcp.itest.delegation;

import static dev.keycloakmcp.itest.delegation.DelegationRealm.REDIRECT;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.as;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.chain;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.target;
import static dev.keycloakmcp.itest.delegation.DelegationRealm.uri;
import static dev.keycloakmcp.itest.realm.Scope.mapper;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.GroupRepresentation;

/** No road leads from a token that says who acts, or may act, to one that does not. */
@KeycloakTest
class LaunderingIT {

    private static DelegationRealm mesh;

    @BeforeAll
    static void create(TestRealm realm) {
        mesh = DelegationRealm.create(realm);
        // Clients that no policy matches: none of them has anything to do with MCP servers.
        mesh.add(plain("plain", List.of("basic", "mcp-actor")));
        mesh.add(plain("other", List.of("basic")));
        mesh.add(plain("bare", List.of("basic")));
    }

    @AfterEach
    void defaults() {
        mesh.policy(Map.of());
    }

    private static ClientRepresentation plain(String clientId, List<String> scopes) {
        return Client.confidential(clientId, clientId)
                .redirects(REDIRECT)
                .directAccess()
                .exchanges()
                .defaults(scopes)
                .optional("offline_access")
                .mappers(DelegationRealm.audience("audience", "other"));
    }

    private static Reply signIn(String client, String scope) {
        return mesh.signInAt(client, "alice", Form.of("scope", scope)).expect(200);
    }

    private static Runnable mayAct(String client, Map<String, String> config) {
        Map<String, String> complete = new HashMap<>(Map.of("access.token.claim", "true"));
        complete.putAll(config);
        String id = mesh.client(client).getId();
        var mappers = mesh.admin().clients().get(id).getProtocolMappers();
        mappers.createMapper(mapper("may-act", "oidc-mcp-may-act-mapper", complete))
                .close();
        return () -> mappers.delete(mappers.getMappers().stream()
                .filter(mapper -> mapper.getName().equals("may-act"))
                .findFirst()
                .orElseThrow()
                .getId());
    }

    private static JsonNode claim(String token, String name) {
        return Jwt.decode(token).claims().path(name);
    }

    @Test
    @Tries({"RFC8693-5-laundering", "RFC8693-1.1-impersonation"})
    void standard_exchange_by_a_client_that_no_policy_matches() {
        String token = signIn("plain", "openid").accessToken();
        assertThat(chain(claim(token, "act"))).containsExactly("plain");
        assertThat(chain(mesh.exchange("plain", token, Form.empty()))).containsExactly("plain");
        Reply reply = mesh.exchange("other", token, Form.empty());
        assertThat(chain(reply)).containsExactly("other", "plain");
        assertThat(chain(mesh.exchange("other", token + "\u0001", Form.empty())))
                .containsExactly("other", "plain");
        assertThat(claim(reply.accessToken(), "exp").asLong())
                .isLessThanOrEqualTo(claim(token, "exp").asLong());
        assertThat(reply.json().path("refresh_token").isMissingNode()).isTrue();
    }

    @Test
    @Tries("RFC8693-5-laundering")
    void exchange_without_the_mapper() {
        String token = mesh.direct("alice", "gateway");
        Runnable undo = mesh.change("gateway", client -> client.setDefaultClientScopes(List.of("basic")));
        String scope = mesh.scopeId("mcp-actor");
        var client = mesh.clientResource("gateway");
        client.removeDefaultClientScope(scope);
        assertThat(chain(mesh.exchange("gateway", token, "crm"))).containsExactly("gateway");
        client.addDefaultClientScope(scope);
        undo.run();
    }

    @Test
    @Tries("RFC8693-5-laundering")
    void lightweight_access_tokens() {
        Runnable undo = mesh.change(
                "gateway", c -> c.getAttributes().put("client.use.lightweight.access.token.enabled", "true"));
        Runnable app =
                mesh.change("desk", c -> c.getAttributes().put("client.use.lightweight.access.token.enabled", "true"));
        String user = mesh.signIn("alice", "gateway", "openid gateway:use").accessToken();
        assertThat(claim(user, "act").isMissingNode()).isTrue();
        assertThat(chain(mesh.oauth().introspect(as("gateway"), user).json().path("act")))
                .containsExactly("desk");
        Reply reply = mesh.exchange("gateway", user, "crm");
        assertThat(chain(reply)).containsExactly("gateway", "desk");
        assertThat(mesh.oauth()
                        .introspect(as("crm"), reply.accessToken())
                        .json()
                        .path("act"))
                .isEqualTo(claim(reply.accessToken(), "act"));
        undo.run();
        app.run();
        mesh.change("gateway", c -> c.getAttributes().put("client.use.lightweight.access.token.enabled", "false"));
        mesh.change("desk", c -> c.getAttributes().put("client.use.lightweight.access.token.enabled", "false"));
    }

    @Test
    @Tries("RFC8693-5-laundering")
    void refresh_after_the_mapper_is_gone() {
        Reply first = signIn("plain", "openid");
        String id = mesh.client("plain").getId();
        String scope = mesh.scopeId("mcp-actor");
        mesh.admin().clients().get(id).removeDefaultClientScope(scope);
        Reply second = mesh.oauth().refresh(as("plain"), first.refreshToken(), Form.empty());
        Reply third = mesh.oauth().refresh(as("plain"), second.refreshToken(), Form.empty());
        mesh.admin().clients().get(id).addDefaultClientScope(scope);
        assertThat(chain(third)).containsExactly("plain");
    }

    @Test
    @Tries("RFC8693-5-laundering")
    void offline_refresh() {
        Reply first = mesh.signIn("alice", "gateway", "gateway:use offline_access");
        Reply second = mesh.oauth().refresh(as("desk"), first.refreshToken(), Form.empty());
        assertThat(chain(second)).containsExactly("desk");
        assertThat(chain(mesh.exchange("gateway", second.accessToken(), "crm"))).containsExactly("gateway", "desk");
    }

    @Test
    @Tries("RFC8693-5-laundering")
    void id_token_of_an_exchange() {
        String user = mesh.signIn("alice", "gateway", "gateway:use").accessToken();
        Reply reply = mesh.exchange(
                        "gateway", user, Form.of("resource", uri("crm")).with("scope", "openid crm:use"))
                .expect(200);
        assertThat(claim(reply.get("id_token"), "act")).isEqualTo(claim(reply.accessToken(), "act"));
    }

    @Test
    @Tries({"RFC8693-5-laundering", "RFC8693-2.1-actor"})
    void standard_exchange_with_an_actor_token() {
        mesh.policy(Map.of("require-may-act", "never"));
        String user = mesh.signIn("alice", "gateway", "gateway:use").accessToken();
        Reply own = mesh.exchange(
                "gateway", user, target("crm").and(DelegationRealm.actor(mesh.machine("gateway", "crm"))));
        assertThat(chain(own)).containsExactly("gateway", "desk");
        Reply others = mesh.exchange(
                "gateway", user, target("crm").and(DelegationRealm.actor(mesh.machine("specialist", "gateway"))));
        assertThat(chain(others)).containsExactly("gateway", "specialist", "desk");
    }

    @Test
    @Tries("RFC8693-5-laundering")
    void audience_of_another_client_by_a_client_that_no_policy_matches() {
        String token = signIn("plain", "openid").accessToken();
        Reply reply = mesh.exchange("other", token, Form.of("audience", "other"));
        assertThat(chain(reply)).containsExactly("other", "plain");
    }

    @Test
    @Tries("RFC8693-5-laundering")
    void audience_of_the_requesting_server_itself() {
        String token = mesh.signIn("alice", "gateway", "gateway:use").accessToken();
        Reply reply =
                mesh.exchange("gateway", token, Form.of("audience", "gateway").with("scope", "gateway:use"));
        assertThat(chain(reply)).containsExactly("gateway", "desk");
    }

    @Test
    @Tries({"RFC8693-5-laundering", "RFC8693-2.2-lifetime"})
    void offline_access_asked_for_at_the_exchange() {
        String token = mesh.signIn("alice", "gateway", "gateway:use").accessToken();
        Reply reply = mesh.exchange(
                        "gateway", token, Form.of("resource", uri("crm")).with("scope", "crm:use offline_access"))
                .expect(200);
        assertThat(chain(reply)).containsExactly("gateway", "desk");
        assertThat(reply.find("refresh_token")).isEmpty();
        assertThat(Jwt.decode(reply.accessToken()).scopes()).containsExactly("crm:use");
    }

    @Test
    @Tries("RFC8693-5-revocation")
    void a_logout_between_two_hops_ends_the_chain() {
        String id = mesh.addUser("olga", "olga");
        String user = mesh.signIn("olga", "gateway", "gateway:use").accessToken();
        String received = mesh.exchange("gateway", user, "crm").expect(200).accessToken();
        assertThat(chain(mesh.exchange("crm", received, "tickets"))).containsExactly("crm", "gateway", "desk");
        mesh.admin().users().get(id).logout();
        assertThat(mesh.exchange("crm", received, "tickets").error()).isEqualTo("invalid_request");
        assertThat(mesh.oauth()
                        .introspect(as("crm"), received)
                        .json()
                        .path("active")
                        .asBoolean())
                .isFalse();
    }

    @Test
    @Tries("RFC8693-1.1-impersonation")
    void device_flow_in_a_session_that_somebody_took_over() {
        mesh.change("desk", client -> client.getAttributes().put("oauth2.device.authorization.grant.enabled", "true"));
        TakenOverSession session = TakenOverSession.of(mesh, "bob");
        Reply device = mesh.oauth()
                .post(mesh.oauth().endpoint("auth/device"), as("desk"), Form.of("scope", "openid gateway:use"))
                .expect(200);
        Browser.Page page = session.browser().open(URI.create(device.get("verification_uri_complete")));
        Element consent = page.document().selectFirst("form:has([name=accept])");
        Form fields = Form.of("accept", "");
        for (Element hidden : consent.select("input[type=hidden]")) {
            fields = fields.with(hidden.attr("name"), hidden.attr("value"));
        }
        session.browser().submit(URI.create(consent.absUrl("action")), fields);
        Reply tokens = mesh.oauth()
                .token(
                        as("desk"),
                        Form.of("grant_type", "urn:ietf:params:oauth:grant-type:device_code")
                                .with("device_code", device.get("device_code")));
        assertThat(chain(tokens)).containsExactly("desk", "security-admin-console");
        assertThat(claim(tokens.accessToken(), "act").at("/act/sub").asText()).isEqualTo(session.administrator());
        assertThat(chain(mesh.oauth().refresh(as("desk"), tokens.refreshToken(), Form.empty())))
                .containsExactly("desk", "security-admin-console");
        assertThat(chain(mesh.exchange("gateway", tokens.accessToken(), "crm")))
                .containsExactly("gateway", "desk", "security-admin-console");
    }

    @Test
    @Tries({"RFC8693-5-revocation", "RFC8693-5-consent", "ASI03-stale"})
    void consent_that_was_revoked_meanwhile() {
        String id = mesh.addUser("rita", "rita");
        Runnable undo = mesh.change("desk", client -> client.setConsentRequired(true));
        String user = mesh.signIn("rita", "gateway", "gateway:use").accessToken();
        String received = mesh.exchange("gateway", user, "crm").expect(200).accessToken();
        mesh.admin().users().get(id).revokeConsent("desk");
        JsonNode introspected = mesh.oauth().introspect(as("gateway"), user).json();
        Reply exchanged = mesh.exchange("gateway", user, "crm");
        JsonNode further = mesh.oauth().introspect(as("crm"), received).json();
        undo.run();
        assertThat(introspected.path("active").asBoolean()).isFalse();
        // The agent's own token goes on for its minutes, and introspection still says what it says.
        assertThat(further.path("active").asBoolean()).isTrue();
        assertThat(further.path("act")).isEqualTo(claim(received, "act"));
        assertThat(exchanged.error()).isEqualTo("invalid_request");
        assertThat(exchanged.find("access_token")).isEmpty();
    }

    @Test
    @Tries("RFC8693-5-laundering")
    void permission_ticket_for_delegated_tokens() {
        mesh.umaServer("uma-delegated");
        Form ticket = Form.of("grant_type", "urn:ietf:params:oauth:grant-type:uma-ticket")
                .with("audience", "uma-delegated")
                .with("permission", "thing");
        String user = signIn("plain", "openid").accessToken();
        Reply exchanged =
                mesh.exchange("other", user, Form.of("scope", "openid")).expect(200);
        assertThat(chain(exchanged)).containsExactly("other", "plain");
        long end = claim(exchanged.accessToken(), "exp").asLong();
        for (Reply reply : List.of(
                mesh.oauth().token(ClientAuth.bearer(exchanged.accessToken()), ticket),
                mesh.oauth().token(as("other"), ticket.with("subject_token", exchanged.accessToken())))) {
            assertThat(chain(reply)).containsExactly("other", "plain");
            assertThat(claim(reply.accessToken(), "exp").asLong()).isLessThanOrEqualTo(end);
            reply.find("refresh_token")
                    .ifPresent(token -> assertThat(claim(token, "exp").asLong()).isLessThanOrEqualTo(end));
        }
        // Keycloak finds no session for the ID token of an exchange.
        Reply byIdToken = mesh.oauth().token(as("other"), ticket.with("claim_token", exchanged.get("id_token")));
        assertThat(byIdToken.status()).isEqualTo(400);
        assertThat(byIdToken.error()).isEqualTo("unauthorized_client");
    }

    private static String password(String user, String client) {
        return mesh.oauth()
                .token(as(client), Form.password(user, user).with("scope", "openid"))
                .expect(200)
                .accessToken();
    }

    private static void assertNoProof(String client, String token) {
        Reply reply = mesh.exchange(client, password("alice", client), DelegationRealm.actor(token));
        assertThat(reply.error()).as(reply.toString()).isEqualTo("invalid_request");
        assertThat(mesh.events().get(0).getDetails()).containsEntry("mcp_reason", "actor_token_delegated");
    }

    @Test
    @Tries({"RFC8693-2.1-actor", "RFC8693-1.1-impersonation"})
    void a_permission_token_of_delegated_access_proves_no_actor() {
        mesh.umaServer("uma-actor");
        String bob = named("plain", "plain", () -> password("bob", "plain"));
        String delegated = mesh.exchange("plain", bob, Form.of("scope", "openid"))
                .expect(200)
                .accessToken();
        Reply permission = mesh.oauth()
                .token(
                        ClientAuth.bearer(delegated),
                        Form.of("grant_type", "urn:ietf:params:oauth:grant-type:uma-ticket")
                                .with("audience", "uma-actor")
                                .with("permission", "thing"));
        assertThat(chain(permission)).containsExactly("plain");
        assertNoProof("plain", permission.accessToken());
        Reply refreshed = mesh.oauth().refresh(as("plain"), permission.refreshToken(), Form.empty());
        assertThat(chain(refreshed)).containsExactly("plain");
        assertNoProof("plain", refreshed.accessToken());
    }

    @Test
    @Tries({"RFC8693-2.1-actor", "RFC8693-1.1-impersonation"})
    void a_refreshed_token_of_an_exchange_that_named_nobody_proves_no_actor() {
        Runnable undo = mesh.change("bare", client -> client.getAttributes()
                .put("standard.token.exchange.enableRefreshRequestedTokenType", "SAME_SESSION"));
        Reply session = mesh.oauth()
                .token(as("bare"), Form.password("bob", "bob").with("scope", "openid"))
                .expect(200);
        Reply exchanged = mesh.exchange(
                        "bare", session.accessToken(), Form.of("requested_token_type", DelegationRealm.REFRESH_TOKEN))
                .expect(200);
        assertNoProof("bare", exchanged.accessToken());
        Reply refreshed = mesh.oauth().refresh(as("bare"), exchanged.refreshToken(), Form.empty());
        assertNoProof("bare", refreshed.expect(200).accessToken());
        Reply again = mesh.oauth().refresh(as("bare"), refreshed.refreshToken(), Form.empty());
        assertNoProof("bare", again.expect(200).accessToken());
        undo.run();
    }

    @Test
    @Tries("RFC8693-5-laundering")
    void uma_ticket() {
        mesh.umaServer("uma");
        Reply user = signIn("plain", "openid");
        Form ticket = Form.of("grant_type", "urn:ietf:params:oauth:grant-type:uma-ticket")
                .with("audience", "uma")
                .with("permission", "thing");
        Reply byBearer = mesh.oauth().token(ClientAuth.bearer(user.accessToken()), ticket);
        assertThat(chain(byBearer)).containsExactly("plain");
        assertThat(chain(mesh.oauth().refresh(as("plain"), byBearer.refreshToken(), Form.empty())))
                .containsExactly("plain");
        assertThat(chain(mesh.oauth().token(as("plain"), ticket.with("subject_token", user.accessToken()))))
                .containsExactly("plain");
        assertThat(chain(mesh.oauth().token(as("plain"), ticket.with("claim_token", user.get("id_token")))))
                .containsExactly("plain");
    }

    @Test
    void may_act_names_the_only_actor() {
        Runnable undo = mayAct("desk", Map.of("actor", "gateway"));
        String token = mesh.direct("alice", "gateway");
        assertThat(claim(token, "may_act").path("sub").asText()).isEqualTo(mesh.serviceAccount("gateway"));
        assertThat(claim(token, "may_act").path("client_id").asText()).isEqualTo("gateway");
        assertThat(mesh.oauth().introspect(as("gateway"), token).json().path("may_act"))
                .isEqualTo(claim(token, "may_act"));
        Reply reply = mesh.exchange("gateway", token, "crm");
        assertThat(chain(reply)).containsExactly("gateway");
        assertThat(claim(reply.accessToken(), "may_act").isMissingNode()).isTrue();
        mesh.policy(Map.of("require-actor-token", true));
        assertThat(chain(mesh.exchange(
                        "gateway", token, target("crm").and(DelegationRealm.actor(mesh.machine("gateway", "crm"))))))
                .containsExactly("gateway");
        undo.run();
    }

    @Test
    @Tries("RFC8693-4.4-may-act")
    void may_act_names_the_client_that_received_the_actor_token() {
        String token = named("desk", "gateway", () -> mesh.direct("alice", "gateway"));
        assertThat(chain(mesh.exchange(
                        "gateway",
                        token,
                        target("crm").and(DelegationRealm.actor(mesh.machine("specialist", "gateway"))))))
                .containsExactly("gateway", "specialist");
    }

    @Test
    void may_act_may_come_from_an_attribute_of_the_user_or_a_group() {
        var group = new GroupRepresentation();
        group.setName("sales");
        group.setAttributes(Map.of("assistant", List.of("specialist")));
        mesh.admin().groups().add(group).close();
        String groupId = mesh.admin().groups().groups().get(0).getId();
        String userId = mesh.addUser("carol", "carol");
        mesh.admin().users().get(userId).joinGroup(groupId);
        Runnable undo = mayAct("desk", Map.of("actor-attribute", "assistant"));
        String token = mesh.direct("carol", "gateway");
        assertThat(claim(token, "may_act").path("client_id").asText()).isEqualTo("specialist");
        assertThat(claim(mesh.direct("bob", "gateway"), "may_act").isMissingNode())
                .isTrue();
        assertThat(mesh.exchange("gateway", token, "crm").error()).isEqualTo("invalid_request");
        undo.run();
    }

    @Test
    @Tries({"RFC8693-5-laundering", "RFC8693-1.1-impersonation"})
    void permission_ticket_by_an_id_token_of_a_session_that_somebody_took_over() {
        mesh.umaServer("uma-taken-over");
        Reply user = TakenOverSession.of(mesh, "bob").signIn("plain", Form.of("scope", "openid"));
        Reply reply = mesh.oauth()
                .token(
                        as("plain"),
                        Form.of("grant_type", "urn:ietf:params:oauth:grant-type:uma-ticket")
                                .with("audience", "uma-taken-over")
                                .with("permission", "thing")
                                .with("claim_token", user.get("id_token")));
        assertThat(chain(reply)).containsExactly("plain", "security-admin-console");
    }

    private static DynamicTest road(String name, String error, String reason, Attack.Preparation attack) {
        return Attack.attack(mesh, "road: " + name, error, reason, attack);
    }

    /** With a mapper on a client for as long as its token is issued. */
    private static String named(String client, String actor, Supplier<String> issue) {
        Runnable undo = mayAct(client, Map.of("actor", actor));
        String token = issue.get();
        undo.run();
        return token;
    }

    @TestFactory
    @Tries({"RFC8693-5-laundering", "RFC8693-4.4-may-act"})
    Stream<DynamicTest> roads_that_are_closed() {
        String type = "urn:ietf:params:oauth:token-type:";
        return Stream.of(
                road("exchange by another client than may_act names", "invalid_request", "may_act_mismatch", () -> {
                    String token = named("desk", "specialist", () -> mesh.direct("alice", "gateway"));
                    return () -> mesh.exchange("gateway", token, "crm");
                }),
                road("may_act of a client that does not exist", "invalid_request", "may_act_mismatch", () -> {
                    String token = named("desk", "nobody", () -> mesh.direct("alice", "gateway"));
                    return () -> mesh.exchange("gateway", token, "crm");
                }),
                road(
                        "may_act, and the actor token of the named actor without being it",
                        "invalid_request",
                        "may_act_mismatch",
                        () -> {
                            String token = named("desk", "specialist", () -> mesh.direct("alice", "gateway"));
                            String actor = mesh.machine("specialist", "gateway");
                            return () -> mesh.exchange(
                                    "gateway", token, target("crm").and(DelegationRealm.actor(actor)));
                        }),
                road("may_act and a policy that never requires it", "invalid_request", "may_act_mismatch", () -> {
                    mesh.policy(Map.of("require-may-act", "never"));
                    String token = named("desk", "specialist", () -> mesh.direct("alice", "gateway"));
                    return () -> mesh.exchange("gateway", token, "crm");
                }),
                road("may_act and a policy that only reports", "invalid_request", "may_act_mismatch", () -> {
                    String token = named("desk", "specialist", () -> mesh.direct("alice", "gateway"));
                    return () -> {
                        mesh.policy(Map.of("enforcement", "report"));
                        Reply reply = mesh.exchange("gateway", token, "crm");
                        mesh.policy(Map.of());
                        return reply;
                    };
                }),
                road("may_act and a client that no policy matches", "invalid_request", "may_act_mismatch", () -> {
                    String token = named(
                            "plain", "gateway", () -> signIn("plain", "openid").accessToken());
                    return () -> mesh.exchange("other", token, Form.empty());
                }),
                road("may_act in a lightweight token", "invalid_request", "may_act_mismatch", () -> {
                    mesh.change(
                            "desk", c -> c.getAttributes().put("client.use.lightweight.access.token.enabled", "true"));
                    String token = named("desk", "specialist", () -> mesh.direct("alice", "gateway"));
                    mesh.change(
                            "desk", c -> c.getAttributes().put("client.use.lightweight.access.token.enabled", "false"));
                    return () -> mesh.exchange("gateway", token, "crm");
                }),
                road(
                        "garbage as actor token by a client that no policy matches",
                        "invalid_request",
                        "actor_token_invalid",
                        () -> {
                            String token = signIn("plain", "openid").accessToken();
                            return () -> mesh.exchange("other", token, DelegationRealm.actor("garbage"));
                        }),
                road(
                        "ID token asked for by a client that no policy matches",
                        "invalid_request",
                        "exchange_token_type",
                        () -> {
                            String token = signIn("plain", "openid").accessToken();
                            return () ->
                                    mesh.exchange("other", token, Form.of("requested_token_type", type + "id_token"));
                        }),
                road("JWT authorization grant", "invalid_grant", "delegation_laundered", () -> {
                    String token =
                            mesh.signIn("alice", "gateway", "gateway:use").accessToken();
                    return () -> mesh.oauth().token(as("gateway"), DelegationRealm.assertion(token));
                }),
                road("JWT authorization grant with may_act", "invalid_grant", "delegation_laundered", () -> {
                    String token = named("desk", "gateway", () -> mesh.direct("alice", "gateway"));
                    return () -> mesh.oauth().token(as("gateway"), DelegationRealm.assertion(token));
                }),
                road("requested_subject", "invalid_request", "", () -> {
                    String token =
                            mesh.signIn("alice", "gateway", "gateway:use").accessToken();
                    return () -> mesh.exchange("gateway", token, target("crm").with("requested_subject", "bob"));
                }),
                road("requested_issuer", "invalid_request", "", () -> {
                    String token =
                            mesh.signIn("alice", "gateway", "gateway:use").accessToken();
                    return () -> mesh.exchange("gateway", token, target("crm").with("requested_issuer", "google"));
                }),
                road("subject_issuer", "invalid_request", "", () -> {
                    String token =
                            mesh.signIn("alice", "gateway", "gateway:use").accessToken();
                    return () -> mesh.exchange("gateway", token, target("crm").with("subject_issuer", "google"));
                }),
                road("ID token for access token", "invalid_request", "", () -> {
                    String token = mesh.signIn("alice", "gateway", "openid gateway:use")
                            .get("id_token");
                    return () -> mesh.exchange(
                            "gateway", token, target("crm").with("subject_token_type", type + "id_token"));
                }),
                road("refresh token of another client", "invalid_grant", "", () -> {
                    String token =
                            mesh.signIn("alice", "gateway", "gateway:use").refreshToken();
                    return () -> mesh.oauth().refresh(as("bare"), token, Form.empty());
                }),
                road("refresh for another server", "invalid_target", "resource_mismatch", () -> {
                    String token =
                            mesh.signIn("alice", "gateway", "gateway:use").refreshToken();
                    return () -> mesh.oauth().refresh(as("desk"), token, Form.of("resource", uri("crm")));
                }),
                road(
                        "exchange by a client that is neither holder nor audience",
                        "invalid_request",
                        "subject_token_not_for_client",
                        () -> {
                            String token = signIn("plain", "openid").accessToken();
                            return () -> mesh.exchange("bare", token, Form.empty());
                        }));
    }
}

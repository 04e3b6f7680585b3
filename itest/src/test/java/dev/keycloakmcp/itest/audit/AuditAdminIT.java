package dev.keycloakmcp.itest.audit;

import static dev.keycloakmcp.itest.audit.AuditRealm.encode;
import static dev.keycloakmcp.itest.audit.AuditRealm.target;
import static dev.keycloakmcp.itest.audit.AuditRealm.uri;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.InParallel;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.server.KeycloakServer;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.admin.client.resource.AuthorizationResource;
import org.keycloak.representations.idm.ClientInitialAccessCreatePresentation;
import org.keycloak.representations.idm.authorization.PolicyEnforcementMode;
import org.keycloak.representations.idm.authorization.ResourceRepresentation;
import org.keycloak.representations.idm.authorization.ResourceServerRepresentation;
import org.keycloak.representations.idm.authorization.ScopePermissionRepresentation;
import org.keycloak.representations.idm.authorization.UserPolicyRepresentation;

/** Chains, exports, actors, and who may see them. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditAdminIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private AuditRealm mesh;
    private AuditRealm other;
    private String viewer;
    private String manager;
    private String nobody;
    private String stranger;

    @BeforeAll
    void create(KeycloakServer server) {
        mesh = AuditRealm.create(server, List.of("alice", "+1+1"));
        other = AuditRealm.create(server, List.of("alice"));
        viewer = mesh.administrator("viewer", "view-events");
        manager = mesh.administrator("manager", "manage-clients");
        nobody = mesh.administrator("nobody", "view-users");
        stranger = other.administrator("stranger", "view-events", "manage-clients", "realm-admin");
    }

    @AfterAll
    void remove() {
        mesh.close();
        other.close();
    }

    private static String jti(Reply reply) {
        return Jwt.decode(reply.expect(200).accessToken()).text("jti");
    }

    @Test
    void a_chain_is_followed_forwards_and_backwards() {
        Reply first = mesh.signIn("alice", "gateway");
        Reply refreshed = mesh.oauth().refresh(AuditRealm.as("desk"), first.refreshToken(), Form.empty());
        Reply hop = mesh.exchange("gateway", refreshed.accessToken(), "specialist");
        Reply last = mesh.exchange("specialist", hop.accessToken(), "crm");
        Reply sibling = mesh.exchange("gateway", refreshed.accessToken(), "billing");

        JsonNode middle = mesh.ask("delegations/" + encode(jti(hop)) + "/chain").json();
        assertThat(middle.findValuesAsText("jti")).containsExactly(jti(first), jti(refreshed), jti(hop), jti(last));
        JsonNode all = mesh.ask("delegations/" + encode(jti(first)) + "/chain").json();
        assertThat(all.findValuesAsText("jti"))
                .containsExactly(jti(first), jti(refreshed), jti(hop), jti(last), jti(sibling));
        Reply cut = mesh.ask("delegations/" + encode(jti(hop)) + "/chain?max=1").expect(200);
        assertThat(cut.json().findValuesAsText("jti")).containsExactly(jti(refreshed), jti(hop), jti(last));
        assertThat(cut.headers().allValues("Link").toString()).contains("prev").contains("next");
        assertThat(mesh.ask("delegations/unknown/chain").status()).isEqualTo(404);
        assertThat(other.ask("delegations/" + encode(jti(hop)) + "/chain").status())
                .isEqualTo(404);
    }

    /** Keycloak makes a token of the agent's own for itself, to ask with. */
    @Test
    @Tries({"RFC8693-5-laundering", "ASI03-privilege"})
    void aRequestForPermissionsLeavesNoRowOfATokenThatNobodyGot() {
        mesh.add(Client.agent("asker", "asker").fullScope(false).defaults("basic", "crm:use"));
        mesh.change("crm", client -> client.setAuthorizationServicesEnabled(true));
        AuthorizationResource authorization = mesh.clientResource("crm").authorization();
        ResourceServerRepresentation settings = authorization.getSettings();
        settings.setPolicyEnforcementMode(PolicyEnforcementMode.DISABLED);
        authorization.update(settings);
        authorization.resources().create(new ResourceRepresentation("thing")).close();
        Form ticket = Form.of("grant_type", "urn:ietf:params:oauth:grant-type:uma-ticket")
                .with("audience", "crm")
                .with("permission", "thing");
        String filter = "?client=asker&grant=" + encode(ticket.get("grant_type"));

        Reply refused = mesh.oauth().token(AuditRealm.as("asker"), ticket);
        assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
        assertThat(refused.error()).isEqualTo("invalid_target");
        List<JsonNode> rows = mesh.rows(filter);
        // Keycloak sends the event of the refusal once more as it answers.
        assertThat(rows).isNotEmpty().allSatisfy(row -> {
            assertThat(row.path("type").asText()).isEqualTo("refusal");
            assertThat(row.path("outcome").asText()).isEqualTo("deny");
            assertThat(row.path("reason").asText()).isEqualTo("token_bound");
        });

        mesh.oauth()
                .token(AuditRealm.as("asker"), ticket.with("response_mode", "decision"))
                .expect(200);
        assertThat(mesh.rows(filter)).isEqualTo(rows);
    }

    @Test
    void an_export_holds_what_the_pages_hold() throws Exception {
        for (int i = 0; i < 5; i++) {
            mesh.machine("billing", target("crm")).expect(200);
        }
        String filter = "?client=billing&resource=" + encode(uri("crm"));
        List<JsonNode> rows = mesh.rows(filter);

        Reply jsonl = mesh.ask("delegations/export" + filter + "&format=jsonl").expect(200);
        assertThat(jsonl.headers().firstValue("Content-Type").orElse("")).startsWith("application/jsonl");
        List<String> lines = jsonl.body().lines().toList();
        assertThat(lines).hasSize(rows.size()).hasSizeGreaterThanOrEqualTo(5);
        for (int i = 0; i < rows.size(); i++) {
            assertThat(JSON.readTree(lines.get(i))).isEqualTo(rows.get(i));
        }
        Reply csv = mesh.ask("delegations/export" + filter + "&format=csv").expect(200);
        assertThat(csv.headers().firstValue("Content-Type").orElse("")).startsWith("text/csv");
        assertThat(csv.headers().firstValue("Content-Disposition").orElse("")).contains("delegations.csv");
        assertThat(csv.body().lines().count()).isEqualTo(rows.size() + 1);
        assertThat(csv.body())
                .startsWith("id,time,type,")
                .contains(rows.get(0).get("jti").asText());
        assertThat(mesh.ask("delegations/export?format=xml").status()).isEqualTo(400);
        assertThat(mesh.ask("delegations/export").status()).isEqualTo(400);
        assertThat(mesh.ask("delegations/export?format=csv&max=1").status()).isEqualTo(400);
    }

    @Test
    @Tries("ASI10-trace")
    void a_spreadsheet_computes_nothing() {
        mesh.password("+1+1", target("crm")).expect(200);

        String csv = mesh.ask("delegations/export?format=csv&subject=" + encode("+1+1"))
                .expect(200)
                .body();
        assertThat(csv).contains(",\"'+1+1\",").doesNotContain(",+1+1");
    }

    @Test
    @Tries("ASI10-stop")
    void an_actor_is_stopped_and_let_go_again() {
        Reply user = mesh.signIn("alice", "gateway").expect(200);
        Reply hop = mesh.exchange("gateway", user.accessToken(), "crm").expect(200);
        Reply machine = mesh.machine("gateway", target("crm")).expect(200);
        URI suspension = mesh.uriOf("actors/gateway/suspension");

        assertThat(mesh.oauth()
                        .sendJson("PUT", suspension, "{\"reason\":\"leaked its key\"}", manager)
                        .status())
                .isEqualTo(204);
        try {
            assertThat(mesh.machine("gateway", target("crm")).error()).isEqualTo("unauthorized_client");
            assertThat(mesh.exchange("gateway", user.accessToken(), "crm").status())
                    .isEqualTo(400);
            assertThat(mesh.exchange("crm", hop.accessToken(), "billing").status())
                    .isEqualTo(400);
            assertThat(mesh.exchange("crm", machine.accessToken(), "billing").status())
                    .isEqualTo(400);
            for (Reply token : List.of(hop, machine)) {
                assertThat(mesh.oauth()
                                .introspect(AuditRealm.as("crm"), token.accessToken())
                                .body())
                        .isEqualTo("{\"active\":false}");
            }
            // The user's own token has nothing to do with it.
            assertThat(mesh.oauth()
                            .introspect(AuditRealm.as("gateway"), user.accessToken())
                            .json()
                            .get("active")
                            .asBoolean())
                    .isTrue();
            JsonNode row = mesh.rows("?type=suspension&actor=gateway").get(0);
            assertThat(row.at("/subject/username").asText()).isEqualTo("manager");
            assertThat(row.get("detail").asText()).isEqualTo("leaked its key");
            assertThat(row.get("client_id").asText()).isEqualTo("admin-cli");
            JsonNode actor = actor("gateway");
            assertThat(actor.get("suspended").asBoolean()).isTrue();
            assertThat(actor.get("reason").asText()).isEqualTo("leaked its key");
            assertThat(actor.get("suspended_by").asText()).isEqualTo("manager");
            assertThat(mesh.rows("?reason=client_suspended&client=gateway")).isNotEmpty();
        } finally {
            assertThat(mesh.oauth().delete(suspension, manager).status()).isEqualTo(204);
        }
        mesh.machine("gateway", target("crm")).expect(200);
        mesh.exchange("crm", hop.accessToken(), "billing").expect(200);
        assertThat(mesh.oauth()
                        .introspect(AuditRealm.as("crm"), hop.accessToken())
                        .json()
                        .get("active")
                        .asBoolean())
                .isTrue();
        assertThat(actor("gateway").get("suspended").asBoolean()).isFalse();
        assertThat(mesh.rows("?type=reinstatement&actor=gateway")).hasSize(1);
    }

    @Test
    @Tries("ASI10-stop")
    void an_app_that_is_stopped_gets_no_codes_and_refreshes_nothing() {
        Form request = Form.of("client_id", "desk")
                .with("redirect_uri", AuditRealm.REDIRECT)
                .with("resource", uri("crm"))
                .with("scope", "openid crm:use");
        Reply signedIn = mesh.oauth()
                .code(AuditRealm.as("desk"), mesh.oauth().authorize(request).as("alice", "alice"), Form.empty())
                .expect(200);
        mesh.oauth().userInfo(signedIn.accessToken()).expect(200);
        var authorized = mesh.oauth().authorize(request).as("alice", "alice");
        URI suspension = mesh.uriOf("actors/desk/suspension");
        mesh.oauth()
                .sendJson("PUT", suspension, "{\"reason\":\"test\"}", manager)
                .expect(204);
        try {
            assertThat(mesh.oauth().userInfo(signedIn.accessToken()).status()).isEqualTo(401);
            assertThat(mesh.oauth().authorize(request).callback().get("error")).isEqualTo("unauthorized_client");
            assertThat(mesh.oauth()
                            .code(AuditRealm.as("desk"), authorized, Form.empty())
                            .error())
                    .isEqualTo("unauthorized_client");
            assertThat(mesh.oauth()
                            .refresh(AuditRealm.as("desk"), signedIn.refreshToken(), Form.empty())
                            .error())
                    .isEqualTo("unauthorized_client");
            assertThat(mesh.oauth()
                            .introspect(AuditRealm.as("crm"), signedIn.refreshToken())
                            .body())
                    .isEqualTo("{\"active\":false}");
            assertThat(mesh.exchange("crm", signedIn.accessToken(), "billing").status())
                    .isEqualTo(400);
            assertThat(mesh.rows("?reason=client_suspended&grant=authorization_code"))
                    .isNotEmpty();
        } finally {
            mesh.oauth().delete(suspension, manager).expect(204);
        }
        mesh.oauth()
                .refresh(AuditRealm.as("desk"), signedIn.refreshToken(), Form.empty())
                .expect(200);
    }

    @Test
    void many_who_stop_an_actor_or_let_it_go_at_once_do_so_one_after_the_other() throws Exception {
        URI suspension = mesh.uriOf("actors/specialist/suspension");
        for (int round = 1; round <= 3; round++) {
            assertThat(InParallel.times(
                            6, () -> mesh.oauth().sendJson("PUT", suspension, "{\"reason\":\"many\"}", manager)))
                    .allSatisfy(reply -> assertThat(reply.status()).isEqualTo(204));
            assertThat(mesh.machine("specialist", target("crm")).error()).isEqualTo("unauthorized_client");
            assertThat(InParallel.times(6, () -> mesh.oauth().delete(suspension, manager)))
                    .allSatisfy(reply -> assertThat(reply.status()).isEqualTo(204));
            mesh.machine("specialist", target("crm")).expect(200);
            assertThat(mesh.rows("?type=reinstatement&actor=specialist")).hasSize(round);
        }
    }

    @Test
    @Tries({"ASI10-stop", "RFC7592-5-gone"})
    void who_is_stopped_does_not_let_itself_go_again() {
        mesh.add(Client.application("tool").directAccess());
        mesh.administrator("helper", "manage-clients", "create-client");
        Form password = Form.password("helper", "helper");
        String token = mesh.oauth()
                .token(ClientAuth.none("tool"), password)
                .expect(200)
                .accessToken();
        URI suspension = mesh.uriOf("actors/tool/suspension");
        URI clients = URI.create(mesh.uriOf("").resolve("../clients?max=1").toString());
        mesh.oauth().get(clients, token).expect(200);

        mesh.oauth()
                .sendJson("PUT", suspension, "{\"reason\":\"stolen\"}", manager)
                .expect(204);
        assertThat(mesh.oauth().delete(suspension, token).status()).isEqualTo(401);
        assertThat(mesh.oauth().get(clients, token).status()).isEqualTo(401);
        mesh.oauth().delete(suspension, manager).expect(204);
        mesh.oauth().get(clients, token).expect(200);
    }

    @Test
    @Tries({"ASI10-stop", "RFC7591-5-stock"})
    void nor_with_the_registration_access_token_of_keycloaks_own_endpoints() {
        String initial = mesh.admin()
                .clientInitialAccess()
                .create(new ClientInitialAccessCreatePresentation(60, 1))
                .getToken();
        URI endpoint = URI.create(mesh.issuer() + "/clients-registrations/default");
        Reply made = mesh.oauth()
                .sendJson("POST", endpoint, "{\"clientId\":\"self\",\"serviceAccountsEnabled\":true}", initial)
                .expect(201);
        URI own = URI.create(endpoint + "/self");
        String token = made.get("registrationAccessToken");
        String free = "{\"clientId\":\"self\",\"attributes\":{\"mcp.suspended\":\"\"}}";
        URI suspension = mesh.uriOf("actors/self/suspension");
        mesh.oauth()
                .sendJson("PUT", suspension, "{\"reason\":\"stolen\"}", manager)
                .expect(204);
        assertThat(mesh.oauth().sendJson("PUT", own, free, token).status()).isEqualTo(401);
        assertThat(mesh.oauth()
                        .sendJson("PUT", URI.create(own + "/"), free, token)
                        .status())
                .isEqualTo(401);
        assertThat(mesh.oauth()
                        .sendJson("PUT", URI.create(own + ";a=b"), free, token)
                        .status())
                .isEqualTo(400);
        assertThat(mesh.oauth().sendJson("DELETE", own, "", token).status()).isEqualTo(401);
        mesh.oauth().delete(suspension, manager).expect(204);
        mesh.oauth().sendJson("PUT", own, free, token).expect(200);
    }

    @Test
    @Tries({"ASI10-trace", "ASI03-impersonation"})
    void no_client_has_an_id_of_control_characters() {
        URI suspension = mesh.uriOf("actors/%00/suspension");
        assertThat(mesh.oauth().delete(suspension, manager).status()).isEqualTo(404);
        assertThat(mesh.oauth()
                        .sendJson("PUT", suspension, "{\"reason\":\"none\"}", manager)
                        .status())
                .isEqualTo(404);
        assertThat(mesh.ask("delegations/%00/chain").status()).isEqualTo(404);
    }

    @Test
    @Tries({"ASI10-trace", "MCP-token-passthrough-audit"})
    void a_client_that_leaves_its_acting_to_introspection_is_named_all_the_same() {
        mesh.add(Client.confidential("slim", "slim")
                .redirects(AuditRealm.REDIRECT)
                .fullScope(false)
                .defaults("basic", "mcp-actor")
                .optional("crm:use")
                .attribute("client.use.lightweight.access.token.enabled", "true"));
        Reply tokens = mesh.signInAt("slim", "alice", target("crm")).expect(200);
        assertThat(Jwt.decode(tokens.accessToken()).claims().has("act")).isFalse();
        mesh.oauth()
                .refresh(AuditRealm.as("slim"), tokens.refreshToken(), Form.empty())
                .expect(200);
        assertThat(mesh.rows("?actor=slim&type=token"))
                .hasSize(2)
                .allSatisfy(row -> assertThat(row.at("/actors/0").asText()).isEqualTo("slim"));
        assertThat(mesh.exchange("crm", tokens.accessToken(), target("billing", "gateway:use"))
                        .status())
                .isEqualTo(400);
        assertThat(mesh.rows("?actor=slim&type=refusal"))
                .singleElement()
                .satisfies(row -> assertThat(row.at("/actors/1").asText()).isEqualTo("slim"));
        assertThat(mesh.rows("?actor=slim&type=token&jti="
                        + AuditRealm.encode(Jwt.decode(tokens.accessToken()).text("jti"))))
                .hasSize(1);
    }

    @Test
    @Tries("ASI10-stop")
    void a_suspension_is_not_outrun() throws Exception {
        URI suspension = mesh.uriOf("actors/billing/suspension");
        AtomicLong stopped = new AtomicLong(Long.MAX_VALUE);
        AtomicInteger late = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> parties = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                parties.add(pool.submit(() -> {
                    for (int after = 0; after < 5; ) {
                        boolean begunLater = System.nanoTime() > stopped.get();
                        boolean issued = mesh.machine("billing", target("crm")).status() == 200;
                        late.addAndGet(begunLater && issued ? 1 : 0);
                        refused.addAndGet(issued ? 0 : 1);
                        after += begunLater ? 1 : 0;
                    }
                }));
            }
            mesh.oauth()
                    .sendJson("PUT", suspension, "{\"reason\":\"race\"}", manager)
                    .expect(204);
            stopped.set(System.nanoTime());
            for (Future<?> party : parties) {
                party.get();
            }
        } finally {
            pool.shutdownNow();
            mesh.oauth().delete(suspension, manager).expect(204);
        }
        assertThat(late).hasValue(0);
        assertThat(refused).hasValueGreaterThanOrEqualTo(20);
    }

    @Test
    void actors_that_nobody_uses_are_known() {
        String registered = mesh.register("Never used").expect(201).get("client_id");
        mesh.machine("specialist", target("crm")).expect(200);

        assertThat(mesh.ask("actors").json().findValuesAsText("client_id")).contains(registered, "specialist", "crm");
        assertThat(actor(registered).get("name").asText()).isEqualTo("Never used");
        assertThat(actor(registered).get("count").asInt()).isZero();
        assertThat(actor(registered).has("last_used")).isFalse();
        assertThat(actor("specialist").get("last_used").asText()).endsWith("Z");
        List<String> unused = mesh.ask("actors?unused-since=2020-01-01").json().findValuesAsText("client_id");
        assertThat(unused).contains(registered).doesNotContain("specialist");
    }

    private JsonNode actor(String clientId) {
        return mesh.ask("actors?max=1000")
                .expect(200)
                .json()
                .valueStream()
                .filter(actor -> actor.get("client_id").asText().equals(clientId))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "delegations, 200",
        "delegations/summary?by=actor, 200",
        "delegations/export?format=csv, 200",
        "delegations/x/chain, 404",
        "actors, 200",
    })
    @Tries("LLM02")
    void only_who_may_view_events_of_the_realm_asks(String path, int answer) {
        assertThat(mesh.oauth().get(mesh.uriOf(path)).status()).isEqualTo(401);
        assertThat(mesh.oauth().get(mesh.uriOf(path), nobody).status()).isEqualTo(403);
        assertThat(mesh.oauth().get(mesh.uriOf(path), manager).status()).isEqualTo(403);
        assertThat(mesh.oauth().get(mesh.uriOf(path), stranger).status()).isEqualTo(403);
        assertThat(mesh.oauth().get(mesh.uriOf(path), viewer).status()).isEqualTo(answer);
    }

    @Test
    @Tries("ASI10-stop")
    void only_who_may_manage_clients_of_the_realm_suspends() {
        URI suspension = mesh.uriOf("actors/billing/suspension");
        String reason = "{\"reason\":\"x\"}";
        assertThat(mesh.oauth().sendJson("PUT", suspension, reason, null).status())
                .isEqualTo(401);
        for (String token : List.of(viewer, nobody)) {
            assertThat(mesh.oauth().sendJson("PUT", suspension, reason, token).status())
                    .isEqualTo(403);
            assertThat(mesh.oauth().delete(suspension, token).status()).isEqualTo(403);
            assertThat(mesh.oauth()
                            .sendJson("PUT", mesh.uriOf("actors/unknown/suspension"), reason, token)
                            .status())
                    .isEqualTo(403);
        }
        assertThat(mesh.oauth().sendJson("PUT", suspension, reason, stranger).status())
                .isEqualTo(403);
        assertThat(mesh.oauth()
                        .sendJson("PUT", mesh.uriOf("actors/unknown/suspension"), reason, manager)
                        .status())
                .isEqualTo(404);
        mesh.machine("billing", target("crm")).expect(200);
    }

    @Test
    void who_may_manage_one_client_suspends_that_one(KeycloakServer server) {
        try (AuditRealm fine = AuditRealm.create(
                server,
                List.of("alice"),
                realm -> realm.settings(settings -> settings.setAdminPermissionsEnabled(true)))) {
            String limited = fine.administrator("limited", "query-clients");
            String reason = "{\"reason\":\"x\"}";
            URI billing = fine.uriOf("actors/billing/suspension");
            assertThat(fine.oauth().sendJson("PUT", billing, reason, limited).status())
                    .isEqualTo(403);
            permit(fine, "limited", "billing");

            fine.oauth().sendJson("PUT", billing, reason, limited).expect(204);
            assertThat(fine.machine("billing", target("crm")).error()).isEqualTo("unauthorized_client");
            assertThat(fine.rows("?type=suspension&actor=billing")
                            .get(0)
                            .at("/subject/username")
                            .asText())
                    .isEqualTo("limited");
            for (String other : List.of("crm", "unknown")) {
                assertThat(fine.oauth()
                                .sendJson("PUT", fine.uriOf("actors/" + other + "/suspension"), reason, limited)
                                .status())
                        .as(other)
                        .isEqualTo(403);
            }
            assertThat(fine.oauth().get(fine.uriOf("actors"), limited).status()).isEqualTo(403);
            assertThat(fine.oauth().get(fine.uriOf("delegations"), limited).status())
                    .isEqualTo(403);
            assertThat(mesh.oauth().delete(billing, limited).status()).isEqualTo(204);
            fine.machine("billing", target("crm")).expect(200);
        }
    }

    /** Fine-grained admin permissions: a user may manage a client. */
    private static void permit(AuditRealm realm, String username, String clientId) {
        UserPolicyRepresentation policy = new UserPolicyRepresentation();
        policy.setName("Only " + username);
        policy.addUser(realm.userId(username));
        ScopePermissionRepresentation permission = new ScopePermissionRepresentation();
        permission.setName("Manage " + clientId);
        permission.setResourceType("Clients");
        permission.addResource(realm.client(clientId).getId());
        permission.addScope("manage", "view");
        permission.addPolicy(policy.getName());
        AuthorizationResource permissions = realm.admin()
                .clients()
                .get(realm.admin()
                        .toRepresentation()
                        .getAdminPermissionsClient()
                        .getId())
                .authorization();
        try (Response policyMade = permissions.policies().user().create(policy);
                Response permissionMade = permissions.permissions().scope().create(permission)) {
            assertThat(policyMade.getStatus()).isEqualTo(201);
            assertThat(permissionMade.getStatus()).isEqualTo(201);
        }
    }

    @Test
    @Tries({"ASI10-stop", "RFC7592-5-gone"})
    void who_was_stopped_stays_so_when_deleted(KeycloakServer server) {
        try (AuditRealm doomed = AuditRealm.create(server, List.of("alice"))) {
            Reply user = doomed.signIn("alice", "gateway").expect(200);
            Reply hop =
                    doomed.exchange("gateway", user.accessToken(), "specialist").expect(200);
            Reply last = doomed.exchange("specialist", hop.accessToken(), "crm").expect(200);
            assertThat(doomed.oauth()
                            .introspect(AuditRealm.as("crm"), last.accessToken())
                            .json()
                            .get("active")
                            .asBoolean())
                    .isTrue();
            doomed.oauth()
                    .sendJson(
                            "PUT",
                            doomed.uriOf("actors/gateway/suspension"),
                            "{\"reason\":\"x\"}",
                            doomed.server().adminToken())
                    .expect(204);
            doomed.clientResource("gateway").remove();

            assertThat(doomed.oauth()
                            .introspect(AuditRealm.as("crm"), last.accessToken())
                            .body())
                    .isEqualTo("{\"active\":false}");
            assertThat(doomed.exchange("crm", last.accessToken(), "billing").status())
                    .isEqualTo(400);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "[]",
                "null",
                "{}",
                "{\"reason\":null}",
                "{\"reason\":\"\"}",
                "{\"reason\":1}",
                "{\"reason\":\"a\\u0000b\"}"
            })
    void a_suspension_needs_a_reason(String body) {
        assertThat(mesh.oauth()
                        .sendJson("PUT", mesh.uriOf("actors/billing/suspension"), body, manager)
                        .status())
                .isEqualTo(400);
        assertThat(mesh.oauth()
                        .sendJson(
                                "PUT",
                                mesh.uriOf("actors/billing/suspension"),
                                "{\"reason\":\"" + "x".repeat(501) + "\"}",
                                manager)
                        .status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource({
        "subject, x' or '1'='1",
        "actor, x\") or 1=1 --",
        "client, :realm",
        "resource, %",
        "scope, a' union select 1",
        "jti, *",
        "session, '\\''",
        "reason, ?1",
        "grant, ${jndi:ldap://x}"
    })
    @Tries({"LLM02", "ASI10-trace"})
    void values_are_values_whatever_they_hold(String field, String value) {
        Reply reply = mesh.ask("delegations?" + field + "=" + encode(value)).expect(200);
        assertThat(reply.json()).isEmpty();
        assertThat(mesh.ask("delegations?" + field + "=" + encode(value.repeat(150)))
                        .expect(200)
                        .json())
                .isEmpty();
        assertThat(mesh.ask("delegations?" + field + "=" + encode("\uD83D\uDE00\u202E"))
                        .expect(200)
                        .json())
                .isEmpty();
        assertThat(mesh.ask("delegations/summary?by=flow&" + field + "=" + encode(value))
                        .expect(200)
                        .json())
                .isEmpty();
    }

    @Test
    @Tries({"LLM02", "ASI10-trace"})
    void another_realm_has_another_trail() {
        mesh.machine("specialist", target("billing")).expect(200);
        assertThat(other.rows("?client=specialist")).isEmpty();
        assertThat(other.ask("delegations/summary?by=resource").json()).isEmpty();
    }

    @Test
    void rows_outlive_who_they_are_about() {
        String id = mesh.add(
                Client.agent("short-lived", "short-lived").defaults("basic").optional("crm:use"));
        String user = mesh.addUser("dave", "dave");
        mesh.oauth()
                .clientCredentials(ClientAuth.basic("short-lived", "short-lived"), target("crm"))
                .expect(200);
        mesh.password("dave", target("crm")).expect(200);
        mesh.admin().clients().get(id).remove();
        mesh.admin().users().get(user).remove();

        assertThat(mesh.rows("?client=short-lived")).hasSize(1);
        assertThat(mesh.rows("?subject=dave")).hasSize(1);
        assertThat(mesh.rows("?subject=" + user).get(0).at("/subject/username").asText())
                .isEqualTo("dave");
    }

    @Test
    void what_a_realm_without_policies_does_is_not_recorded(KeycloakServer server) {
        try (AuditRealm plain = AuditRealm.createWithoutPolicies(server, List.of("alice"))) {
            plain.oauth().clientCredentials(AuditRealm.as("crm"), Form.empty()).expect(200);
            assertThat(plain.rows("")).isEmpty();
        }
    }
}

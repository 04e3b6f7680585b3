package dev.keycloakmcp.itest.audit;

import static dev.keycloakmcp.itest.audit.AuditRealm.encode;
import static dev.keycloakmcp.itest.audit.AuditRealm.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.KeycloakServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** The audit trail in PostgreSQL: the same, and what only a database of its own can show. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PostgresAuditTrailIT extends AuditTrailContract {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int PARTIES = 4;
    private static final int TOKENS_BEFORE_THE_END = 60;

    private Optional<Postgres> postgres = Optional.empty();
    private KeycloakServer server;

    @BeforeAll
    void start() {
        postgres = Postgres.start();
        assumeTrue(postgres.isPresent(), "PostgreSQL cannot run on this machine");
        server = node();
        create(server);
    }

    @AfterAll
    void stop() throws IOException {
        if (server != null) {
            server.close();
        }
        if (postgres.isPresent()) {
            postgres.get().close();
        }
    }

    private KeycloakServer node() {
        return KeycloakServer.startProcess(postgres.orElseThrow()
                .keycloak()
                .arguments("--spi-events-listener--mcp-audit--purge-interval=1")
                .build());
    }

    @Test
    @Tries({"ASI10-trace", "ASI08"})
    void a_node_that_is_killed_leaves_no_token_without_a_row() throws InterruptedException {
        KeycloakServer victim = node();
        OAuthClient atVictim = new OAuthClient(victim.realmUri(mesh.name()));
        ConcurrentLinkedQueue<String> issued = new ConcurrentLinkedQueue<>();
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> parties = new ArrayList<>();
        String user = mesh.signIn("carol", "crm").expect(200).accessToken();
        for (int i = 0; i < PARTIES; i++) {
            boolean forTheUser = i % 2 == 0;
            Thread party = new Thread(() -> {
                while (!over.get()) {
                    try {
                        Reply reply = forTheUser
                                ? atVictim.exchange(AuditRealm.as("crm"), user, target("billing"))
                                : atVictim.clientCredentials(AuditRealm.as("crm"), target("billing"));
                        issued.add(Jwt.decode(reply.expect(200).accessToken()).text("jti"));
                    } catch (UncheckedIOException | IllegalStateException ended) {
                        over.compareAndSet(false, issued.size() >= TOKENS_BEFORE_THE_END);
                        return;
                    }
                }
            });
            parties.add(party);
            party.start();
        }
        Instant deadline = Instant.now().plus(Duration.ofSeconds(60));
        while (issued.size() < TOKENS_BEFORE_THE_END && Instant.now().isBefore(deadline)) {
            List<String> before = List.copyOf(issued);
            assertThat(tokensOfCrm()).as("as another node knows them at once").containsAll(before);
        }
        kill(victim);
        for (Thread party : parties) {
            party.join(SOON.toMillis());
        }
        victim.close();

        assertThat(issued).hasSizeGreaterThanOrEqualTo(TOKENS_BEFORE_THE_END);
        assertThat(tokensOfCrm()).containsAll(issued);
    }

    /** Ids of the tokens of a client by their rows, of which each token has one. */
    private List<String> tokensOfCrm() {
        List<String> ids = mesh.rows("?type=token&client=crm&max=1000").stream()
                .map(row -> row.get("jti").asText())
                .toList();
        assertThat(ids).doesNotHaveDuplicates();
        return ids;
    }

    /** Ends the node's own process, as {@code kill -9} does. */
    private static void kill(KeycloakServer node) {
        String port = "--http-port=" + node.baseUri().getPort();
        List<ProcessHandle> processes = ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().commandLine().orElse("").contains(port))
                .toList();
        assertThat(processes).isNotEmpty();
        processes.forEach(ProcessHandle::destroyForcibly);
    }

    @Test
    @Tries({"ASI10-trace", "ASI08"})
    void no_row_no_token_unless_the_realm_says_so() throws SQLException {
        execute("alter table mcp_audit_journal rename to mcp_audit_away");
        try {
            Reply refused = mesh.machine("crm", target("billing"));
            assertThat(refused.status()).isEqualTo(500);
            assertThat(refused.body()).doesNotContain("access_token");
            set("mcp.audit.on-write-failure", "continue");
            mesh.machine("crm", target("billing")).expect(200);
            for (String method : List.of("PUT", "DELETE")) {
                mesh.oauth()
                        .sendJson(
                                method,
                                mesh.adminUri("mcp/actors/gateway/suspension"),
                                "{\"reason\":\"leaked\"}",
                                mesh.server().adminToken())
                        .expect(204);
            }
        } finally {
            set("mcp.audit.on-write-failure", "refuse");
            execute("alter table mcp_audit_away rename to mcp_audit_journal");
        }
        mesh.machine("crm", target("billing")).expect(200);
    }

    private static String id(Reply issued) {
        return Jwt.decode(issued.accessToken()).text("jti");
    }

    /** Requests that touched another table would wait for the end of the lock. */
    @Test
    @Order(1)
    void a_token_costs_one_insert_with_one_index() throws SQLException {
        String user = mesh.signIn("bob", "gateway").expect(200).accessToken();
        assertThat(count("pg_indexes where tablename = 'mcp_audit_journal'")).isEqualTo(1);
        List<String> issued = new ArrayList<>();
        try (Connection connection = postgres.orElseThrow().connect()) {
            connection.setAutoCommit(false);
            connection.createStatement().execute("lock table mcp_audit, mcp_audit_actor, mcp_audit_scope");
            issued.add(id(mesh.exchange("gateway", user, "crm").expect(200)));
            issued.add(id(mesh.machine("specialist", target("billing")).expect(200)));
            assertThat(mesh.exchange("gateway", user, target("crm").with("scope", "billing:use"))
                            .status())
                    .isEqualTo(400);
            for (String id : issued) {
                assertThat(count("mcp_audit_journal where token_id = '" + id + "'"))
                        .isEqualTo(1);
            }
            connection.commit();
        }
        for (String id : issued) {
            Instant deadline = Instant.now().plus(SOON);
            while (count("mcp_audit where token_id = '" + id + "'") == 0
                    && Instant.now().isBefore(deadline)) {
                Thread.onSpinWait();
            }
            assertThat(count("mcp_audit where token_id = '" + id + "'")).isEqualTo(1);
            assertThat(count("mcp_audit_journal where token_id = '" + id + "'")).isZero();
            assertThat(mesh.rows("?jti=" + encode(id))).hasSize(1);
        }
    }

    @Test
    @Tries({"ASI10-trace", "ASI08"})
    void a_row_that_is_not_moved_as_a_whole_is_not_moved() throws SQLException {
        execute("alter table mcp_audit_scope rename to mcp_audit_scope_away");
        String id;
        try {
            id = id(mesh.machine("crm", target("billing")).expect(200));
            assertThat(mesh.ask("delegations").status()).isEqualTo(500);
            assertThat(count("mcp_audit_journal where token_id = '" + id + "'")).isEqualTo(1);
            assertThat(count("mcp_audit where token_id = '" + id + "'")).isZero();
        } finally {
            execute("alter table mcp_audit_scope_away rename to mcp_audit_scope");
        }
        assertThat(mesh.rows("?scope=billing:use&jti=" + encode(id))).hasSize(1);
        assertThat(count("mcp_audit_journal where token_id = '" + id + "'")).isZero();
    }

    /** As a node that moves them, or is stuck, holds them. */
    @Test
    @Tries({"ASI10-stop", "ASI08"})
    void rows_that_somebody_else_moves_hold_up_no_suspension_and_no_other_realm() throws Exception {
        String manager = mesh.administrator("stopper", "manage-clients", "view-events");
        try (AuditRealm other = AuditRealm.create(server, List.of());
                Connection mover = postgres.orElseThrow().connect()) {
            other.machine("crm", target("billing")).expect(200);
            mover.setAutoCommit(false);
            hold(mover, mesh.admin().toRepresentation().getId());
            CompletableFuture<Reply> patient = CompletableFuture.supplyAsync(() -> mesh.ask("delegations?max=1"));

            assertThat(other.rows("?type=token")).hasSize(1);
            Reply suspended = mesh.oauth()
                    .send(HttpRequest.newBuilder(mesh.uriOf("actors/specialist/suspension"))
                            .header("Authorization", "Bearer " + manager)
                            .header("Content-Type", "application/json")
                            .header("Prefer", "return=representation")
                            .PUT(HttpRequest.BodyPublishers.ofString("{\"reason\":\"leaked\"}")))
                    .expect(200);
            assertThat(suspended.json().get("suspended").asBoolean()).isTrue();
            assertThat(suspended.json().has("count")).isFalse();
            assertThat(mesh.machine("specialist", target("crm")).error()).isEqualTo("unauthorized_client");
            mesh.ask("doctor").expect(200);
            assertThat(patient).isNotDone();
            mover.rollback();
            patient.join().expect(200);
        } finally {
            mesh.oauth()
                    .delete(mesh.uriOf("actors/specialist/suspension"), manager)
                    .expect(204);
        }
        assertThat(mesh.ask("actors/specialist").expect(200).json().has("count"))
                .isTrue();
    }

    /** Writes a row to the journal and locks it; tries again where a node has moved it in between. */
    private static void hold(Connection mover, String realm) throws SQLException {
        for (int tries = 0; tries < 10; tries++) {
            String id = "%08x-0000-7000-8000-000000000000".formatted(tries);
            mover.createStatement()
                    .execute("insert into mcp_audit_journal (id, realm_id, event_time, row_type, outcome) values ('"
                            + id + "', '" + realm + "', 1, 'refusal', 'deny')");
            mover.commit();
            if (mover.createStatement()
                    .executeQuery("select id from mcp_audit_journal where id = '" + id + "' for update skip locked")
                    .next()) {
                return;
            }
        }
        throw new IllegalStateException("A node is always faster");
    }

    /** Rows that requests wrote, or nodes moved, while their realm was being removed. */
    @Test
    void rows_whose_realm_is_gone_go() throws SQLException {
        String gone = "realm-that-is-gone";
        execute("insert into mcp_audit_journal (id, realm_id, event_time, row_type, outcome)"
                + " values ('00000000-0000-7000-8000-0000000000a1', '" + gone + "', 1, 'refusal', 'deny')");
        execute("insert into mcp_audit (id, realm_id, event_time, row_type, outcome)"
                + " values ('00000000-0000-7000-8000-0000000000a2', '" + gone + "', 1, 'refusal', 'deny')");
        execute("insert into mcp_audit_scope (row_id, place, scope, realm_id)"
                + " values ('00000000-0000-7000-8000-0000000000a2', 0, 'crm:use', '" + gone + "')");
        for (String table : List.of("mcp_audit_journal", "mcp_audit", "mcp_audit_scope")) {
            String rows = table + " where realm_id = '" + gone + "'";
            Instant deadline = Instant.now().plus(SOON);
            while (count(rows) > 0 && Instant.now().isBefore(deadline)) {
                Thread.onSpinWait();
            }
            assertThat(count(rows)).as(table).isZero();
        }
        assertThat(count("mcp_audit where id = '00000000-0000-7000-8000-0000000000a1'"))
                .isZero();
    }

    @Test
    void rows_that_are_too_old_go_and_others_stay() throws SQLException {
        Reply young = mesh.machine("gateway", target("crm")).expect(200);
        long old = Instant.now().minus(Duration.ofDays(31)).toEpochMilli();
        insertOld(old, 1200);
        assertThat(mesh.rows("?actor=retired&max=1000")).hasSize(1200);

        set("mcp.audit.retention-days", "30");
        Instant deadline = Instant.now().plus(SOON);
        while (!mesh.rows("?actor=retired").isEmpty() && Instant.now().isBefore(deadline)) {
            Thread.onSpinWait();
        }
        set("mcp.audit.retention-days", "");
        assertThat(mesh.rows("?actor=retired")).isEmpty();
        assertThat(count("mcp_audit_actor where client_id = 'retired'")).isZero();
        assertThat(mesh.rows("?jti=" + encode(Jwt.decode(young.accessToken()).text("jti"))))
                .hasSize(1);
    }

    @Test
    void a_realm_takes_its_rows_along() throws SQLException {
        AuditRealm brief = AuditRealm.create(server, List.of("alice"));
        String id = brief.admin().toRepresentation().getId();
        brief.machine("crm", target("billing")).expect(200);
        assertThat(brief.rows("")).hasSize(1);
        assertThat(count("mcp_audit where realm_id = '" + id + "'")).isEqualTo(1);
        brief.machine("crm", target("billing")).expect(200);
        brief.close();
        for (String table : List.of("mcp_audit_journal", "mcp_audit", "mcp_audit_actor", "mcp_audit_scope")) {
            assertThat(count(table + " where realm_id = '" + id + "'"))
                    .as(table)
                    .isZero();
        }
    }

    @Test
    void what_the_database_cannot_be_asked_for_is_not_there() {
        String manager = mesh.administrator("manager", "manage-clients");
        assertThat(mesh.ask("delegations/%00/chain").status()).isEqualTo(404);
        assertThat(mesh.oauth()
                        .sendJson("DELETE", mesh.uriOf("actors/%00/suspension"), "", manager)
                        .status())
                .isEqualTo(404);
    }

    @Test
    @Tries("LLM02")
    void nothing_secret_is_in_any_row() throws SQLException {
        Reply user = mesh.signIn("alice", "gateway").expect(200);
        Reply hop = mesh.exchange("gateway", user.accessToken(), "crm").expect(200);
        assertThat(mesh.rows("")).isNotEmpty();
        try (Connection connection = postgres.orElseThrow().connect();
                ResultSet rows = connection.createStatement().executeQuery("select mcp_audit::text from mcp_audit")) {
            while (rows.next()) {
                assertThat(rows.getString(1))
                        .doesNotContain(user.accessToken())
                        .doesNotContain(user.refreshToken())
                        .doesNotContain(hop.accessToken())
                        .doesNotContainPattern("eyJ[\\w-]*\\.");
            }
        }
    }

    /** The database as it was before there was a journal, and before rows said who asked for themselves, and how clients were called. */
    private static final List<String> EARLIER = List.of(
            "drop table mcp_audit_journal",
            "delete from databasechangelog_mcp_audit where id = 'mcp-audit-3-journal'",
            "alter table mcp_audit drop column subject_client, drop column acts, drop column names",
            "create index idx_mcp_audit_client on mcp_audit (realm_id, client_id, id, row_type)",
            "delete from databasechangelog_mcp_audit where id = 'mcp-audit-2-parties'");

    /** The last one: it ends the server of the others. */
    @Test
    @Order(Integer.MAX_VALUE)
    @Tries("ASI10-trace")
    void rows_of_an_earlier_version_answer_the_same_questions() throws SQLException {
        String realm;
        String name;
        AuditRealm earlier = AuditRealm.create(server, List.of());
        realm = earlier.admin().toRepresentation().getId();
        name = earlier.name();
        server.close();
        for (String sql : EARLIER) {
            execute(sql);
        }
        String row =
                "insert into mcp_audit (id, realm_id, event_time, row_type, outcome, reason, grant_type, subject_id,"
                        + " username, actors, act, client_id, resource_uri) values ('%s', '" + realm + "', 1, %s)";
        String id = "01900000-0000-7000-8000-00000000000";
        execute(row.formatted(
                id + 1,
                "'token', 'allow', 'ok', 'urn:ietf:params:oauth:grant-type:token-exchange', 'u1', 'alice', E'crm\\ndesk',"
                        + " '{\"sub\":\"crm\",\"client_id\":\"crm\",\"act\":{\"sub\":\"desk\",\"client_id\":\"desk\"}}',"
                        + " 'crm', 'https://crm.example/mcp'"));
        for (String actor : List.of("'crm', false", "'desk', true")) {
            execute("insert into mcp_audit_actor (row_id, realm_id, client_id, behind) values ('" + id + "1', '" + realm
                    + "', " + actor + ")");
        }
        execute(row.formatted(
                id + 2,
                "'token', 'allow', 'ok', 'client_credentials', 'm1', 'service-account-crm', null, null, 'crm', null"));
        execute(row.formatted(
                id + 3,
                "'refusal', 'deny', 'resource_unknown', 'authorization_code', null, null, null, null, 'desk', null"));
        execute(row.formatted(id + 4, "'registration', 'allow', 'ok', null, null, null, null, null, 'desk', null"));

        server = node();
        OAuthClient oauth = new OAuthClient(server.realmUri(name));
        String base = server.baseUri() + "/admin/realms/" + name + "/mcp/delegations";
        assertThat(oauth.get(URI.create(base + "?actor=crm"), server.adminToken())
                        .expect(200)
                        .json()
                        .findValuesAsText("id"))
                .filteredOn(each -> each.startsWith(id))
                .containsExactly(id + 2, id + 1);
        JsonNode desk = oauth.get(URI.create(base + "?actor=desk"), server.adminToken())
                .expect(200)
                .json();
        assertThat(desk.valueStream().map(each -> each.get("id").asText())).containsExactly(id + 3, id + 1);
        assertThat(desk.get(1).get("actors").toString()).isEqualTo("[\"crm\",\"desk\"]");
        assertThat(desk.get(1).has("actor_names") || desk.get(1).has("client_name"))
                .isFalse();
        JsonNode summary = oauth.get(URI.create(base + "/summary?by=actor"), server.adminToken())
                .expect(200)
                .json();
        assertThat(summary.valueStream()
                        .map(each ->
                                each.get("key").asText() + each.get("count").asText()))
                .containsExactly("crm2", "desk1");
        JsonNode subjects = oauth.get(URI.create(base + "/summary?by=subject&actor=crm"), server.adminToken())
                .expect(200)
                .json();
        assertThat(subjects.findValuesAsText("client_id")).containsExactly("crm");
    }

    private void set(String attribute, String value) {
        mesh.settings(realm -> realm.getAttributes().put(attribute, value));
    }

    private void insertOld(long time, int number) throws SQLException {
        String realm = mesh.admin().toRepresentation().getId();
        try (Connection connection = postgres.orElseThrow().connect();
                PreparedStatement row = connection.prepareStatement("insert into mcp_audit"
                        + " (id, realm_id, event_time, row_type, outcome) values (?, ?, ?, 'token', 'allow')");
                PreparedStatement actor = connection.prepareStatement(
                        "insert into mcp_audit_actor (row_id, realm_id, client_id) values (?, ?, 'retired')")) {
            for (long at = time; at < time + number; at++) {
                String id = "%08x-%04x-7000-8000-000000000000".formatted(at >>> 16, at & 0xffff);
                row.setString(1, id);
                row.setString(2, realm);
                row.setLong(3, at);
                row.addBatch();
                actor.setString(1, id);
                actor.setString(2, realm);
                actor.addBatch();
            }
            row.executeBatch();
            actor.executeBatch();
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = postgres.orElseThrow().connect()) {
            connection.createStatement().execute(sql);
        }
    }

    private long count(String from) throws SQLException {
        try (Connection connection = postgres.orElseThrow().connect();
                ResultSet result = connection.createStatement().executeQuery("select count(*) from " + from)) {
            result.next();
            return result.getLong(1);
        }
    }
}

package dev.keycloakmcp.itest.registration;

import static dev.keycloakmcp.itest.registration.Registrations.CALLBACK;
import static dev.keycloakmcp.itest.registration.Registrations.SERVER;
import static dev.keycloakmcp.itest.registration.Registrations.authOf;
import static dev.keycloakmcp.itest.registration.Registrations.publicClient;
import static dev.keycloakmcp.itest.registration.Registrations.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.audit.Postgres;
import dev.keycloakmcp.itest.junit.InParallel;
import dev.keycloakmcp.itest.junit.Until;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Requests that come while another one holds a lock for long: the database makes that one wait. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConcurrentRequestIT {

    private static final Duration AT_ONCE = Duration.ofSeconds(5);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private Optional<Postgres> postgres = Optional.empty();
    private KeycloakServer server;
    private TestRealm realm;
    private Registrations registrations;

    @BeforeAll
    void start() {
        postgres = Postgres.start();
        assumeTrue(postgres.isPresent(), "PostgreSQL cannot run on this machine");
        server = KeycloakServer.startProcess(postgres.orElseThrow().keycloak().build());
        realm = TestRealm.create(server, "concurrent");
        registrations = Registrations.in(realm, Map.of("max-registrations-per-source", List.of("0")));
    }

    @AfterAll
    void stop() throws IOException {
        threads.shutdownNow();
        if (server != null) {
            server.close();
        }
        if (postgres.isPresent()) {
            postgres.get().close();
        }
    }

    @Test
    @Tries("ASI08")
    void who_would_change_a_client_that_is_being_changed_is_told_to_come_again() throws Exception {
        Map<String, Object> metadata = publicClient("Busy");
        Reply busy = registrations.register(metadata).expect(201);
        Reply other = registrations.register(publicClient("Other")).expect(201);
        String manager = registrations.administrator("manager", "manage-clients");
        String viewer = registrations.administrator("viewer", "view-clients");
        Future<Reply> first;
        List<Reply> refused;
        Reply suspension;
        try (Connection holder =
                holding("select id from client where client_id = '" + busy.get("client_id") + "' for update")) {
            first = threads.submit(() -> rename(busy, "First", token(busy)));
            Until.holds("the first waits for the database", this::somebodyWaits);

            assertThat(rename(other, "Quick", token(other)).status()).isEqualTo(200);
            atOnce(401, () -> rename(busy, "Stolen", token(other)));
            atOnce(401, () -> remove(busy, "no token"));
            atOnce(403, () -> suspend(busy, viewer));

            List<Reply> all = InParallel.all(List.<Callable<Reply>>of(
                    () -> rename(busy, "Second", token(busy)),
                    () -> remove(busy, token(busy)),
                    () -> registrations.register(metadata),
                    () -> suspend(busy, manager)));
            refused = all.subList(0, 3);
            suspension = all.get(3);
        }
        assertThat(refused).allSatisfy(reply -> {
            assertThat(reply.status()).isEqualTo(503);
            assertThat(reply.error()).isEqualTo("temporarily_unavailable");
            assertThat(reply.headers().firstValue("Retry-After")).contains("1");
        });
        assertThat(suspension.status()).isEqualTo(503);
        assertThat(suspension.headers().firstValue("Retry-After")).contains("1");
        assertThat(suspension.get("errorMessage")).isNotBlank();
        assertThat(first.get().expect(200).get("client_name")).isEqualTo("First");
        assertThat(suspend(busy, manager).status()).isEqualTo(204);
    }

    @Test
    @Tries({"RFC9700-2.2.2", "ASI08"})
    void a_refresh_that_meets_another_is_told_to_come_again_and_the_login_lives() throws Exception {
        Reply client = registrations.register(publicClient("Refreshes")).expect(201);
        Reply start = registrations.signIn(client, CALLBACK, "mcp:read");
        Future<Reply> first;
        Reply second;
        try (Connection holder = holding("lock table offline_user_session, offline_client_session in exclusive mode")) {
            first = threads.submit(() -> refresh(client, start));
            Until.holds("the first waits for the database", this::somebodyWaits);
            second = refresh(client, start);
        }
        assertThat(second.status()).isEqualTo(503);
        assertThat(second.error()).isEqualTo("temporarily_unavailable");
        assertThat(second.headers().firstValue("Retry-After")).contains("1");
        Reply refreshed = first.get().expect(200);
        refresh(client, refreshed).expect(200);
    }

    @Test
    @Tries("ASI08")
    void an_answer_on_the_consent_page_that_meets_another_is_told_so() throws Exception {
        String client = registrations.register(publicClient("Asks")).expect(201).get("client_id");
        Authorization first = asked(client);
        Authorization second = asked(client);
        Future<Authorization> stored;
        Authorization refused;
        try (Connection holder = holding("lock table user_consent in exclusive mode")) {
            stored = threads.submit(() -> first.consent(true));
            Until.holds("the first waits for the database", this::somebodyWaits);
            refused = second.consent(true);
        }
        assertThat(refused.page().status()).isEqualTo(503);
        assertThat(stored.get().callback().has("code")).isTrue();
        assertThat(asked(client).isDone()).isTrue();
    }

    private Authorization asked(String client) {
        return registrations
                .oauth()
                .authorize(
                        Form.of("client_id", client)
                                .with("redirect_uri", CALLBACK)
                                .with("scope", "mcp:read")
                                .with("resource", SERVER),
                        new Browser())
                .login("alice", "alice");
    }

    private Reply refresh(Reply client, Reply tokens) {
        return registrations.oauth().refresh(authOf(client), tokens.refreshToken(), Form.empty());
    }

    private Reply rename(Reply client, String name, String token) {
        Map<String, Object> metadata = with(publicClient(name), "client_id", client.get("client_id"));
        return registrations.oauth().sendJson("PUT", own(client), metadata, token);
    }

    private Reply remove(Reply client, String token) {
        return registrations.oauth().sendJson("DELETE", own(client), "", token);
    }

    private Reply suspend(Reply client, String administrator) {
        URI suspension = URI.create(server.baseUri() + "/admin/realms/" + realm.name() + "/mcp/actors/"
                + client.get("client_id") + "/suspension");
        return registrations.oauth().sendJson("PUT", suspension, "{\"reason\":\"test\"}", administrator);
    }

    private static URI own(Reply client) {
        return URI.create(client.get("registration_client_uri"));
    }

    private static String token(Reply client) {
        return client.get("registration_access_token");
    }

    /** Who is refused does not wait for the lock first. */
    private static void atOnce(int status, Supplier<Reply> request) {
        Instant start = Instant.now();
        assertThat(request.get().status()).isEqualTo(status);
        assertThat(Duration.between(start, Instant.now())).isLessThan(AT_ONCE);
    }

    /** Holds a lock of the database until it is closed. */
    private Connection holding(String sql) throws SQLException {
        Connection connection = postgres.orElseThrow().connect();
        connection.setAutoCommit(false);
        connection.createStatement().execute(sql);
        return connection;
    }

    private boolean somebodyWaits() {
        try (Connection connection = postgres.orElseThrow().connect();
                ResultSet waiting = connection
                        .createStatement()
                        .executeQuery("select 1 from pg_stat_activity where wait_event_type = 'Lock'")) {
            return waiting.next();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}

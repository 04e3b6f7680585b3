package dev.keycloakmcp.itest.resource;

import static dev.keycloakmcp.itest.resource.Mesh.CRM;
import static dev.keycloakmcp.itest.resource.Mesh.secret;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.InParallel;
import dev.keycloakmcp.itest.junit.Until;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Registration;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.RealmFile;
import dev.keycloakmcp.itest.server.ServerOptions;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Two nodes on one database: a change on one is known to the other. They are traced, as no other server of the suite is. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterIT {

    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private static Path folder;

    private SpanCollector spans;
    private KeycloakServer first;
    private KeycloakServer second;
    private TestRealm realm;
    private Mesh mesh;
    private OAuthClient atSecond;

    @BeforeAll
    void startTwoNodes() {
        spans = new SpanCollector();
        first = KeycloakServer.startProcess(node());
        second = KeycloakServer.startProcess(node());
        realm = TestRealm.create(first, "cluster");
        mesh = Mesh.in(realm).defaultPolicies();
        atSecond = new OAuthClient(second.realmUri(realm.name()));
    }

    @AfterAll
    void stop() {
        second.close();
        first.close();
        spans.close();
    }

    private ServerOptions node() {
        return ServerOptions.builder()
                .buildArguments("--db=dev-file", "--tracing-enabled=true")
                .arguments(
                        "--db-url=jdbc:h2:file:" + folder.resolve("keycloak") + ";NON_KEYWORDS=VALUE;AUTO_SERVER=TRUE",
                        "--cache=ispn",
                        "--cache-embedded-mtls-enabled=false",
                        "--tracing-endpoint=" + spans.endpoint(),
                        "--tracing-protocol=http/protobuf",
                        "--spi-mcp-meters--default--most-realms=1")
                .jvmOptions(
                        "-Djgroups.bind.address=127.0.0.1",
                        "-Djava.net.preferIPv4Stack=true",
                        "-Dquarkus.otel.bsp.schedule.delay=200ms")
                .build();
    }

    private Reply askSecond(String resource, String scope) {
        return atSecond.clientCredentials(
                secret("agent"), Form.of("resource", resource).with("scope", scope));
    }

    /** The second node hears of it a moment later; each attempt is a request to it. */
    private Reply soon(String resource, String scope, Predicate<Reply> expected) {
        Instant deadline = Instant.now().plus(SOON);
        Reply reply = askSecond(resource, scope);
        while (!expected.test(reply) && Instant.now().isBefore(deadline)) {
            reply = askSecond(resource, scope);
        }
        return reply;
    }

    @Test
    void servers_added_changed_and_removed_on_one_node_are_so_on_the_other() {
        assertThat(askSecond(CRM, "crm:read").status()).isEqualTo(200);
        String url = "https://fresh.example.com/mcp";
        assertThat(askSecond(url, "mcp:tools").error()).isEqualTo("invalid_target");

        mesh.add(Mesh.server("fresh", url, "mcp:tools"));
        assertThat(soon(url, "mcp:tools", reply -> reply.status() == 200).status())
                .isEqualTo(200);

        mesh.change("fresh", client -> client.getAttributes().put("resource_url", url + "/v2"));
        assertThat(soon(url, "mcp:tools", reply -> reply.status() == 400).error())
                .isEqualTo("invalid_target");
        assertThat(askSecond(url + "/v2", "mcp:tools").status()).isEqualTo(200);

        mesh.clientResource("fresh").remove();
        assertThat(soon(url + "/v2", "mcp:tools", reply -> reply.status() == 400)
                        .error())
                .isEqualTo("invalid_target");
    }

    @Test
    @Tries("ASI10-stop")
    void an_actor_suspended_on_one_node_is_stopped_on_the_other() {
        assertThat(askSecond(CRM, "crm:read").status()).isEqualTo(200);
        URI suspension = realm.adminUri("mcp/actors/agent/suspension");
        String admin = first.adminToken();

        realm.oauth()
                .sendJson("PUT", suspension, "{\"reason\":\"test\"}", admin)
                .expect(204);
        assertThat(soon(CRM, "crm:read", reply -> reply.status() == 400).error())
                .isEqualTo("unauthorized_client");

        realm.oauth().sendJson("DELETE", suspension, "", admin).expect(204);
        assertThat(soon(CRM, "crm:read", reply -> reply.status() == 200).status())
                .isEqualTo(200);
    }

    @Test
    void a_use_is_noted_once_a_day_by_all_nodes_together() {
        Registration.admit(mesh, "anonymous", Map.of());
        Reply today = register("Used today");
        Reply longAgo = register("Used long ago");
        signIn(realm.oauth(), today);
        signIn(realm.oauth(), longAgo);
        long tenHoursAgo = aged(today, Duration.ofHours(10));
        long dayAgo = aged(longAgo, Duration.ofHours(25));

        signIn(atSecond, today);
        signIn(atSecond, longAgo);

        Until.holds("the use is noted", () -> lastUsed(longAgo) > dayAgo);
        assertThat(lastUsed(today)).isEqualTo(tenHoursAgo);
    }

    @Test
    @Tries("RFC7591-5-flood")
    void the_same_client_that_registers_at_both_nodes_at_once_is_one_client() throws Exception {
        Registration.admit(mesh, "anonymous", Map.of());
        for (int round = 0; round < 5; round++) {
            String name = "At both " + round;
            List<Callable<Reply>> registrations = Stream.of(realm.oauth(), atSecond, realm.oauth(), atSecond)
                    .<Callable<Reply>>map(node -> () -> register(node, name))
                    .toList();

            assertThat(InParallel.all(registrations))
                    .extracting(reply -> reply.get("client_id"))
                    .containsOnly(register(atSecond, name).get("client_id"));
        }
    }

    @Test
    void a_traced_request_has_spans_of_what_policies_do_and_counters_lead_to_its_trace() {
        realm.oauth()
                .clientCredentials(secret("agent"), Form.of("resource", CRM))
                .expect(200);
        try (TestRealm traced = TestRealm.load(first, RealmFile.AGENT_MESH)) {
            String token = traced.oauth()
                    .clientCredentials(
                            ClientAuth.basic("nightly-agent", "nightly-agent-demo-secret"),
                            Form.of("scope", "crm:read"))
                    .expect(200)
                    .accessToken();
            traced.oauth()
                    .exchange(
                            ClientAuth.basic("crm-mcp-server", "crm-mcp-server-demo-secret"),
                            token,
                            Form.of("scope", "tickets:read"))
                    .expect(200);
        }
        assertThat(metrics())
                .as("the first realm is named")
                .contains("keycloak_mcp_decisions_total{outcome=\"allow\",realm=\"" + realm.name() + "\"");
        Matcher exchange = Pattern.compile("keycloak_mcp_decisions_total\\{outcome=\"allow\",realm=\"other\","
                        + "reason=\"ok\",rule=\"mcp-delegation\"} 1.0 # \\{[^}]*trace_id=\"([0-9a-f]{32})\"")
                .matcher(metrics());
        assertThat(exchange.find()).as("further ones are not").isTrue();
        String trace = exchange.group(1);
        Map.of(
                        "keycloak.mcp.decision", "mcp-delegation",
                        "keycloak.mcp.exchange", "crm-mcp-server",
                        "keycloak.mcp.audit.write", "keycloak.mcp.rows")
                .forEach((span, text) ->
                        Until.holds(span + " of the trace is exported", () -> spans.has(trace, span, text)));
    }

    private String metrics() {
        return realm.oauth().get(URI.create(first.managementUri() + "/metrics")).body();
    }

    private Reply register(String name) {
        return register(realm.oauth(), name);
    }

    private static Reply register(OAuthClient node, String name) {
        return node.register(
                        "mcp",
                        Map.of(
                                "client_name",
                                name,
                                "redirect_uris",
                                List.of(Mesh.CALLBACK),
                                "grant_types",
                                List.of("authorization_code", "refresh_token"),
                                "token_endpoint_auth_method",
                                "none"))
                .expect(201);
    }

    private static void signIn(OAuthClient node, Reply registered) {
        String clientId = registered.get("client_id");
        Form request = Mesh.authorization(clientId, "crm:read").with("resource", CRM);
        node.code(ClientAuth.none(clientId), node.authorize(request).as("alice", "alice"), Form.empty())
                .expect(200);
    }

    /** Moves the last use into the past; returns it in seconds. */
    private long aged(Reply registered, Duration by) {
        realm.admin().clearRealmCache();
        long time = Instant.now().minus(by).getEpochSecond();
        mesh.change(registered.get("client_id"), client -> client.getAttributes()
                .put("mcp.last-used", Long.toString(time)));
        return time;
    }

    /** Seconds since the epoch, from the database. */
    private long lastUsed(Reply registered) {
        URI clients = realm.adminUri("mcp/clients");
        return realm.oauth()
                        .get(clients, first.adminToken())
                        .expect(200)
                        .json()
                        .valueStream()
                        .filter(client -> client.get("clientId").asText().equals(registered.get("client_id")))
                        .mapToLong(client -> client.get("lastUsed").asLong())
                        .findFirst()
                        .orElseThrow()
                / 1000;
    }
}

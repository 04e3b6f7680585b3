package dev.keycloakmcp.itest.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.demo.NotesServer;
import dev.keycloakmcp.itest.interop.InteropTable.Row;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.server.KeycloakServer;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients and servers as they are published, unmodified, with nothing configured but the server's address. What came of
 * it is the table of {@code docs/interop.md}.
 */
@ExtendWith(Runtimes.class)
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InteropIT {

    private static final List<String> INTERACTIVE = List.of("sign in", "refresh", "step up", "come back");

    private final InteropTable table = new InteropTable(withExtension());
    private InteropRealm realm;

    /** Whether the server has our providers; {@link StockInterop} shows what happens without. */
    boolean withExtension() {
        return true;
    }

    @BeforeAll
    void realm(KeycloakServer server) {
        realm = withExtension() ? InteropRealm.on(server) : InteropRealm.onStock(server);
    }

    @AfterAll
    void the_documented_table_is_what_came_of_it() {
        realm.close();
        table.finish();
    }

    /** A program of {@code src/interop}, and the package whose version the table names. */
    private record Program(String name, String stack, String version, String command, String server) {
        @Override
        public String toString() {
            return name + (server.equals("TypeScript SDK") || server.equals("FastMCP") ? "" : ", server: " + server);
        }
    }

    private static final String TYPESCRIPT = "TypeScript SDK";
    private static final String FASTMCP = "FastMCP";
    private static final String JAVA = "Java SDK";
    private static final String FASTMCP_KEYCLOAK = "FastMCP, its Keycloak provider";

    private static final List<Program> CLIENTS = List.of(
            new Program("TypeScript SDK v1", "node", "@modelcontextprotocol/sdk", "sdk-client.mjs v1", TYPESCRIPT),
            new Program("TypeScript SDK v2", "node", "@modelcontextprotocol/client", "sdk-client.mjs v2", TYPESCRIPT),
            new Program("TypeScript SDK v2", "node", "@modelcontextprotocol/client", "sdk-client.mjs v2", JAVA),
            new Program("mcp-remote", "node", "mcp-remote", "mcp-remote.mjs", TYPESCRIPT),
            new Program("MCP Inspector", "node", "@modelcontextprotocol/inspector", "inspector.mjs", TYPESCRIPT),
            new Program("Python SDK", "python", "mcp", "client_sdk.py", FASTMCP),
            new Program("FastMCP client", "python", "fastmcp", "client_fastmcp.py", FASTMCP),
            new Program("FastMCP client", "python", "fastmcp", "client_fastmcp.py", FASTMCP_KEYCLOAK));

    static Stream<Object[]> interactive() {
        return CLIENTS.stream().flatMap(client -> (client.server().equals(JAVA)
                                || client.server().equals(FASTMCP_KEYCLOAK)
                        ? Stream.of("scopes")
                        : Stream.of("scopes", "none"))
                .map(advertised -> new Object[] {client, advertised}));
    }

    @ParameterizedTest(name = "{0}, scopes in the metadata: {1}")
    @MethodSource("interactive")
    void interactive_clients(Program client, String advertised) {
        Toolchain toolchain = toolchain(client.stack());
        try (Server notes = notes(client.server(), advertised)) {
            realm.notesAt(notes.uri());
            Run run = run(toolchain, notes.environment(), client.command() + " " + notes.uri());

            table.add(row(client, advertised, run, INTERACTIVE));
            assertThat(run.steps().keySet())
                    .as(run.output())
                    .containsAll(InteropTable.expected(client.name(), advertised, INTERACTIVE));
            run.steps().values().forEach(claims -> {
                assertThat(claims.path("aud").asText()).isEqualTo(notes.uri().toString());
                assertThat(claims.path("act").path("client_id").asText()).isEqualTo(client(run));
                assertThat(claims.path("azp").asText()).isEqualTo(client(run));
            });
            if (run.steps().containsKey("refresh")) {
                assertThat(run.asked()).as(run.output()).doesNotContain(1);
                assertThat(run.steps().get("refresh").path("jti"))
                        .isNotEqualTo(run.steps().get("sign in").path("jti"));
            }
        }
    }

    @ParameterizedTest(name = "{0}, scopes in the metadata: {1}")
    @CsvSource({"claude, scopes", "claude, none", "codex, scopes", "codex, none"})
    void agent_products(String command, String advertised) {
        Program product = command.equals("claude")
                ? new Program("Claude Code", "node", "@anthropic-ai/claude-code", command, TYPESCRIPT)
                : new Program("Codex", "node", "@openai/codex", command, TYPESCRIPT);
        Toolchain products = Toolchain.products();
        try (Server notes = notes(TYPESCRIPT, advertised)) {
            realm.notesAt(notes.uri());
            Run run = run(products, Map.of(), "product.mjs " + command + " " + notes.uri());

            List<String> steps = List.of("sign in", "come back");
            table.add(row(product, advertised, run, steps));
            assertThat(run.steps().keySet()).as(run.output()).containsExactlyElementsOf(steps);
            assertThat(run.clients()).hasSize(1);
        }
    }

    static Stream<Object[]> machines() {
        return Stream.of(
                        new Program(
                                "TypeScript SDK, secret",
                                "node",
                                "@modelcontextprotocol/sdk",
                                "sdk-machine.mjs secret",
                                TYPESCRIPT),
                        new Program(
                                "TypeScript SDK, private key",
                                "node",
                                "@modelcontextprotocol/sdk",
                                "sdk-machine.mjs jwt",
                                TYPESCRIPT),
                        new Program("Python SDK, secret", "python", "mcp", "machine.py sdk-secret", FASTMCP),
                        new Program("Python SDK, private key", "python", "mcp", "machine.py sdk-jwt", FASTMCP),
                        new Program(
                                "Agent Mesh's token client",
                                "python",
                                "solace-agent-mesh",
                                "machine.py agent-mesh",
                                FASTMCP),
                        new Program(
                                "httpx, as Agent Mesh documents it", "python", "httpx", "machine.py example", FASTMCP))
                .flatMap(program -> Stream.of("notes:read", "").map(scope -> new Object[] {program, scope}));
    }

    @ParameterizedTest(name = "{0}, scope: {1}")
    @MethodSource("machines")
    void machine_clients(Program client, String scope) {
        Toolchain toolchain = toolchain(client.stack());
        try (Server notes = notes(client.server(), "scopes")) {
            realm.notesAt(notes.uri());
            Map<String, String> environment = new HashMap<>(notes.environment());
            environment.put("ISSUER", realm.oauth().issuer().toString());
            environment.put("PRIVATE_KEY", realm.agentKey());
            environment.put("SCOPE", scope);
            Run run = run(toolchain, environment, client.command() + " " + notes.uri());

            table.add(row(client, scope.isEmpty() ? "no scope asked" : "scope asked", run, List.of("machine token")));
            assertThat(run.steps()).as(run.output()).containsOnlyKeys("machine token");
            JsonNode claims = run.steps().get("machine token");
            assertThat(claims.path("aud").asText()).isEqualTo(notes.uri().toString());
            assertThat(claims.path("scope").asText()).isEqualTo("notes:read");
            assertThat(claims.has("act")).isFalse();
        }
    }

    @ParameterizedTest(name = "{0} client")
    @ValueSource(strings = {"registered", "pre-registered"})
    void conformance_of_the_authorization_server(String kind) {
        Toolchain node = toolchain("node");
        try (Server notes = notes(TYPESCRIPT, "scopes")) {
            realm.notesAt(notes.uri());
            String redirect = "http://127.0.0.1:3000/callback";
            String client = kind.equals("registered")
                    ? realm.register("Conformance suite", redirect)
                    : realm.application("conformance", redirect);
            Run run =
                    run(node, Map.of(), "conformance.mjs " + realm.oauth().issuer() + " " + notes.uri() + " " + client);

            Program suite = new Program(
                    "MCP conformance suite, " + kind + " client",
                    "node",
                    "@modelcontextprotocol/conformance",
                    "conformance.mjs",
                    TYPESCRIPT);
            table.add(row(suite, "scopes", run, List.of("conformance")));
            assertThat(run.steps()).as(run.output()).containsOnlyKeys("conformance");
            assertThat(run.checks())
                    .containsExactlyInAnyOrderEntriesOf(Map.of(
                            "authorization-server-metadata", "SUCCESS",
                            "authorization-code-grant", "SUCCESS",
                            // said only where a policy makes client id metadata documents work
                            "authorization-server-metadata-cimd", "WARNING"));
        }
    }

    @Test
    void a_server_behind_an_oauth_proxy_reaches_an_api_by_exchange_only() {
        Toolchain python = toolchain("python");
        Map<String, String> environment = new HashMap<>();
        environment.put("ISSUER", realm.oauth().issuer().toString());
        try (Script api = python.start(environment, "api.py")) {
            URI tickets = URI.create(api.next().path("listening").asText());
            environment.put("API", tickets.toString());
            try (Script server = python.start(environment, "delegated.py")) {
                URI resource = URI.create(server.next().path("listening").asText());
                realm.delegated(resource, tickets);
                Run run = run(python, Map.of(), "client_delegated.py " + resource);

                Program proxy = new Program("FastMCP client", "python", "fastmcp", "", "FastMCP behind its OAuthProxy");
                table.add(row(proxy, "scopes", run, List.of("API by exchange")));
                assertThat(run.steps()).as(run.output()).containsOnlyKeys("token as it came", "API by exchange");
                assertThat(run.steps().get("token as it came").path("status").asInt())
                        .isEqualTo(401);
                JsonNode seen = run.steps().get("API by exchange");
                assertThat(seen.path("sub").asText()).isEqualTo(realm.alice());
                assertThat(seen.path("act").path("client_id").asText()).isEqualTo("delegated-mcp-server");
                assertThat(seen.path("aud").asText()).isEqualTo(tickets.toString());
            }
        }
    }

    private static Row row(Program program, String mode, Run run, List<String> steps) {
        Map<String, Boolean> outcomes = new LinkedHashMap<>();
        steps.forEach(step -> outcomes.put(step, run.steps().containsKey(step)));
        if (outcomes.containsKey("come back")) {
            outcomes.computeIfPresent(
                    "come back", (step, done) -> done && run.clients().size() == 1);
        }
        return new Row(program.name(), program.version(), program.server(), mode, outcomes);
    }

    private static String client(Run run) {
        assertThat(run.clients()).hasSize(1);
        return run.clients().iterator().next();
    }

    /** A protected MCP server, in whatever language. */
    private record Server(URI uri, Map<String, String> environment, AutoCloseable process) implements AutoCloseable {
        @Override
        public void close() {
            try {
                process.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private Server notes(String kind, String advertised) {
        if (kind.equals(JAVA)) {
            NotesServer server = new NotesServer(realm.oauth().issuer());
            return new Server(server.uri(), Map.of("CONTROL", server.control().toString()), server);
        }
        Map<String, String> environment = Map.of(
                "ISSUER",
                realm.oauth().issuer().toString(),
                "ADVERTISE",
                advertised,
                "PROVIDER",
                kind.equals(FASTMCP_KEYCLOAK) ? "keycloak" : "");
        Script server = kind.equals(TYPESCRIPT)
                ? toolchain("node").start(environment, "server.mjs")
                : toolchain("python").start(environment, "server.py");
        return new Server(URI.create(server.next().path("listening").asText()), Map.of(), server);
    }

    private static Toolchain toolchain(String stack) {
        return stack.equals("node") ? Toolchain.node() : Toolchain.python();
    }

    private static Run run(Toolchain toolchain, Map<String, String> environment, String command) {
        Map<String, JsonNode> steps = new LinkedHashMap<>();
        Map<String, String> checks = new TreeMap<>();
        Set<String> clients = new TreeSet<>();
        Set<Integer> asked = new TreeSet<>();
        Set<String> failures = new LinkedHashSet<>();
        Person person = new Person();
        try (Script client = toolchain.start(environment, command.split(" "))) {
            for (JsonNode said = client.next(); failures.isEmpty() && !said.isMissingNode(); said = client.next()) {
                if (said.has("authorize")) {
                    URI request = URI.create(said.path("authorize").asText());
                    clients.add(Form.parse(request.getRawQuery()).get("client_id"));
                    asked.add(steps.size());
                    try {
                        person.open(request);
                    } catch (IllegalStateException | UncheckedIOException e) {
                        failures.add(e.toString());
                    }
                } else if (said.has("check")) {
                    checks.put(said.path("check").asText(), said.path("status").asText());
                } else if (said.has("step")) {
                    steps.put(said.path("step").asText(), said.path("claims"));
                }
            }
            return new Run(steps, checks, clients, asked, client.output() + "\n" + String.join("\n", failures));
        }
    }

    /**
     * What a program said.
     *
     * @param asked after how many steps a person was asked something
     */
    private record Run(
            Map<String, JsonNode> steps,
            Map<String, String> checks,
            Set<String> clients,
            Set<Integer> asked,
            String output) {}
}

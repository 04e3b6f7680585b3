package dev.keycloakmcp.itest.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.browser.Browser;
import dev.keycloakmcp.itest.browser.BrowserTest;
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
 * it is the table of {@code docs/reference/interop.md}.
 */
@ExtendWith(Runtimes.class)
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InteropIT {

    private static final List<String> INTERACTIVE = List.of("sign in", "refresh", "step up", "come back");
    private static final List<String> MACHINE = List.of("token by scope", "token without scope asked");

    private final InteropTable table = new InteropTable(withExtension());
    private InteropRealm realm;

    /** Whether the server has our providers; {@link StockInterop} shows what happens without. */
    boolean withExtension() {
        return true;
    }

    @BeforeAll
    void realm(KeycloakServer server) {
        realm = withExtension() ? InteropRealm.on(server) : InteropRealm.onStock(server);
        realm.gateway();
        realm.application("inspector", "http://127.0.0.1/oauth/callback");
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

    private static final String GATEWAY = "agent_mesh.py registered";
    private static final String INSPECTOR = "inspector.mjs";
    private static final String TYPESCRIPT = "TypeScript SDK";
    private static final String FASTMCP = "FastMCP";
    private static final String JAVA = "Java SDK";
    private static final String FASTMCP_KEYCLOAK = "FastMCP, its Keycloak provider";

    private static final List<Program> CLIENTS = List.of(
            new Program("TypeScript SDK v1", "node", "@modelcontextprotocol/sdk", "sdk-client.mjs v1", TYPESCRIPT),
            new Program("TypeScript SDK v2", "node", "@modelcontextprotocol/client", "sdk-client.mjs v2", TYPESCRIPT),
            new Program("TypeScript SDK v2", "node", "@modelcontextprotocol/client", "sdk-client.mjs v2", JAVA),
            new Program("mcp-remote", "node", "mcp-remote", "mcp-remote.mjs", TYPESCRIPT),
            new Program(
                    "MCP Inspector, command line", "node", "@modelcontextprotocol/inspector", INSPECTOR, TYPESCRIPT),
            new Program(
                    "MCP Inspector, command line, client id given",
                    "node",
                    "@modelcontextprotocol/inspector",
                    "inspector.mjs inspector",
                    TYPESCRIPT),
            new Program(
                    "MCP Inspector, command line, scopes in its configuration",
                    "node",
                    "@modelcontextprotocol/inspector",
                    "inspector.mjs scopes",
                    TYPESCRIPT),
            new Program("Python SDK", "python", "mcp", "client_sdk.py", FASTMCP),
            new Program("FastMCP client", "python", "fastmcp", "client_fastmcp.py", FASTMCP),
            new Program("FastMCP client", "python", "fastmcp", "client_fastmcp.py", FASTMCP_KEYCLOAK),
            new Program("Agent Mesh's gateway, replayed", "python", "solace-agent-mesh", GATEWAY, FASTMCP),
            new Program(
                    "Agent Mesh's gateway, replayed, configured",
                    "python",
                    "solace-agent-mesh",
                    "agent_mesh.py configured",
                    FASTMCP),
            new Program("Claude Code", "products", "@anthropic-ai/claude-code", "product.mjs claude", TYPESCRIPT),
            new Program("Codex", "products", "@openai/codex", "product.mjs codex", TYPESCRIPT));

    static Stream<Object[]> interactive() {
        return CLIENTS.stream().flatMap(client -> Stream.of("scopes", "none")
                // see the tests of those two where the server names no scopes
                .filter(advertised ->
                        !List.of(GATEWAY, INSPECTOR).contains(client.command()) || advertised.equals("scopes"))
                .map(advertised -> new Object[] {client, advertised}));
    }

    @ParameterizedTest(name = "{0}, scopes in the metadata: {1}")
    @MethodSource("interactive")
    void interactive_clients(Program client, String advertised) {
        Toolchain toolchain = toolchain(client.stack());
        try (Server notes = notes(client.server(), advertised)) {
            realm.notesAt(notes.uri());
            connect(client, advertised, client.command(), toolchain, notes);
        }
    }

    private void connect(Program client, String mode, String command, Toolchain toolchain, Server notes) {
        Map<String, String> environment = new HashMap<>(notes.environment());
        environment.put("ISSUER", realm.oauth().issuer().toString());
        Run run = run(toolchain, environment, command + " " + notes.uri());

        table.add(row(client, mode, run, INTERACTIVE));
        wentThroughAll(client, mode, notes, run);
    }

    /** The gateway names neither the server nor a scope, so that the realm has to say which server it means. */
    @ParameterizedTest(name = "{1}")
    @CsvSource({
        "default-resource, the server is the default-resource",
        "allowed-resources, registered clients may use this server only"
    })
    void the_gateway_of_an_agent_mesh_where_the_server_names_no_scopes(String key, String mode) {
        Program gateway = program(GATEWAY);
        try (Server notes = notes(gateway.server(), "none")) {
            realm.notesAt(notes.uri());
            realm.registration(key, List.of(notes.uri().toString()));
            connect(gateway, "none; " + mode, GATEWAY, toolchain(gateway.stack()), notes);
        } finally {
            realm.registration(key, List.of());
        }
    }

    /** The command line by address alone cannot step up, so that the realm has to give it what every call needs. */
    @Test
    void the_command_line_of_mcp_inspector_where_the_realm_gives_a_scope_to_all() {
        Program inspector = program(INSPECTOR);
        try (Server notes = notes(inspector.server(), "none")) {
            realm.notesAt(notes.uri());
            realm.giveToAll("notes:read", true);
            connect(inspector, InteropTable.GIVEN, INSPECTOR, toolchain(inspector.stack()), notes);
        } finally {
            realm.giveToAll("notes:read", false);
        }
    }

    /** Its token has no scope then, with which the server lets it list its tools. */
    @Test
    void the_command_line_of_mcp_inspector_lists_tools_where_the_server_names_no_scopes() {
        Program inspector = program(INSPECTOR);
        try (Server notes = notes(inspector.server(), "none")) {
            realm.notesAt(notes.uri());
            connect(inspector, "none", INSPECTOR + " list", toolchain(inspector.stack()), notes);
        }
    }

    private static Program program(String command) {
        return CLIENTS.stream()
                .filter(client -> client.command().equals(command))
                .findFirst()
                .orElseThrow();
    }

    @BrowserTest
    @ParameterizedTest(name = "scopes in the metadata: {0}")
    @ValueSource(strings = {"scopes", "none"})
    void mcp_inspector_in_a_browser(String advertised, Browser browser) {
        Program client = new Program(
                "MCP Inspector, web page", "node", "@modelcontextprotocol/inspector", "inspector-web.mjs", TYPESCRIPT);
        Map<String, JsonNode> steps = new LinkedHashMap<>();
        Run run = new Run(steps, Map.of(), Set.of(), Set.of(), "");
        try (Server notes = notes(client.server(), advertised)) {
            realm.notesAt(notes.uri());
            InspectorPage page = new InspectorPage(browser);
            try (Script inspector = toolchain("node")
                    .start(Map.of(), client.command(), notes.uri().toString())) {
                page.connect(URI.create(inspector.next().path("page").asText()));
                steps.put("sign in", page.call("whoami"));
                expire(notes);
                steps.put("refresh", page.call("whoami"));
                steps.put("step up", page.call("write_note"));
            }
            try (Script inspector = toolchain("node")
                    .start(Map.of(), client.command(), notes.uri().toString())) {
                page.connect(URI.create(inspector.next().path("page").asText()));
                steps.put("come back", page.call("whoami"));

                // at another port than the one that registered first
                JsonNode tokens = page.withoutItsServer(realm.oauth().issuer());
                assertThat(tokens.path("access_token").asText())
                        .as(tokens.toString())
                        .isNotEmpty();
                assertThat(tokens.path("registered").asText())
                        .as(tokens.toString())
                        .isNotEmpty();
            }
            wentThroughAll(client, advertised, notes, run);
        } finally {
            table.add(row(client, advertised, run, INTERACTIVE));
        }
    }

    /** What {@code npx} installs where Node is older than 22. */
    @BrowserTest
    @ParameterizedTest(name = "scopes in the metadata: {0}")
    @ValueSource(strings = {"scopes", "none"})
    void mcp_inspector_of_node_20_in_a_browser(String advertised, Browser browser) {
        Program client = new Program(
                InteropTable.INSPECTOR_015, "node", "inspector-of-node-20", "inspector-0.15.mjs", TYPESCRIPT);
        Map<String, JsonNode> steps = new LinkedHashMap<>();
        Run run = new Run(steps, Map.of(), Set.of(), Set.of(), "");
        try (Server notes = notes(client.server(), advertised)) {
            realm.notesAt(notes.uri());
            Inspector015Page page = new Inspector015Page(browser);
            try (Script inspector = toolchain("node")
                    .start(Map.of(), client.command(), notes.uri().toString())) {
                URI address = URI.create(inspector.next().path("page").asText());
                page.connect(address);
                steps.put("sign in", page.call("whoami"));
                expire(notes);
                page.reconnect(address);
                steps.put("refresh", page.call("whoami"));
                steps.put("step up", page.call("write_note"));
                page.forget();
                page.connect(address);
                steps.put("come back", page.call("whoami"));
            }
            wentThroughAll(client, advertised, notes, run);
        } finally {
            table.add(row(client, advertised, run, INTERACTIVE));
        }
    }

    /** Spring sends {@code resource} only if told to; here where no scope tells the server. */
    @ParameterizedTest(name = "scopes in the metadata: {0}")
    @ValueSource(strings = {"scopes", "none"})
    void spring_with_the_java_sdk(String advertised) {
        Program client = new Program("Java SDK's client, Spring Security", "java", "mcp-sdk spring-security", "", JAVA);
        Map<String, JsonNode> steps = new LinkedHashMap<>();
        Set<Integer> asked = new TreeSet<>();
        Run run = new Run(steps, Map.of(), Set.of(), asked, "");
        Person person = new Person();
        boolean namesServer = advertised.equals("none");
        try (Server notes = notes(client.server(), advertised)) {
            realm.notesAt(notes.uri());
            try (SpringApplication application = new SpringApplication(notes.uri(), namesServer)) {
                person.open(application.page("whoami"));
                steps.put("sign in", application.answer());
                int questions = application.questions();
                expire(notes);
                application.later();
                person.open(application.page("whoami"));
                steps.put("refresh", application.answer());
                if (application.questions() != questions) {
                    asked.add(1);
                }
                person.open(application.page("write_note"));
                steps.put("step up", application.answer());
            }
            try (SpringApplication later = new SpringApplication(notes.uri(), namesServer)) {
                person.open(later.page("whoami"));
                steps.put("come back", later.answer());
            }
            wentThroughAll(client, advertised, notes, run);
        } finally {
            table.add(row(client, advertised, run, INTERACTIVE));
        }
    }

    private void wentThroughAll(Program client, String advertised, Server notes, Run run) {
        assertThat(run.steps().keySet())
                .as(run.output())
                .containsExactlyElementsOf(InteropTable.expected(client.name(), advertised, INTERACTIVE));
        run.steps().forEach((step, claims) -> {
            assertThat(claims.path("aud").asText()).isEqualTo(notes.uri().toString());
            assertThat(claims.path("act").path("client_id").asText()).isEqualTo(clientOf(claims));
            if (!step.equals("step up") || !InteropTable.registersForScopes(client.name())) {
                assertThat(clientOf(claims))
                        .as(step)
                        .isEqualTo(clientOf(run.steps().get("sign in")));
            }
        });
        if (run.steps().containsKey("refresh")) {
            assertThat(run.asked()).as(run.output()).doesNotContain(1);
            assertThat(run.steps().get("refresh").path("jti"))
                    .isNotEqualTo(run.steps().get("sign in").path("jti"));
        }
        if (run.steps().containsKey("step up")) {
            assertThat(scopes(run, "step up")).contains("notes:read", "notes:write");
            // else there was no step to take
            assertThat(scopes(run, "sign in").contains("notes:write"))
                    .isEqualTo(InteropTable.asksForAllThatIsListed(client.name(), advertised));
        }
    }

    /** The server takes none of the tokens any more that it took so far. */
    private void expire(Server notes) {
        String control = notes.environment().getOrDefault("CONTROL", notes.uri().toString());
        realm.oauth().postJson(URI.create(control).resolve("/control/expire"), Map.of(), null);
    }

    private static List<String> scopes(Run run, String step) {
        return List.of(run.steps().get(step).path("scope").asText().split(" "));
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
                                "httpx, as Agent Mesh documents it", "python", "httpx", "machine.py example", FASTMCP),
                        new Program(
                                "Java SDK's client, Spring Security, secret",
                                "java",
                                "mcp-sdk spring-security",
                                "",
                                JAVA))
                .flatMap(program -> Stream.of("scopes", "none").map(advertised -> new Object[] {program, advertised}));
    }

    @ParameterizedTest(name = "{0}, scopes in the metadata: {1}")
    @MethodSource("machines")
    void machine_clients(Program client, String advertised) {
        Map<String, JsonNode> steps = new LinkedHashMap<>();
        StringBuilder output = new StringBuilder();
        try (Server notes = notes(client.server(), advertised)) {
            realm.notesAt(notes.uri());
            for (String scope : List.of("notes:read", "")) {
                String step = scope.isEmpty() ? "token without scope asked" : "token by scope";
                if (client.stack().equals("java")) {
                    URI issuer = realm.oauth().issuer();
                    steps.put(
                            step,
                            SpringApplication.machine(
                                    notes.uri(), issuer, "interop-agent", InteropRealm.SECRET, scope));
                    continue;
                }
                Map<String, String> environment = new HashMap<>(notes.environment());
                environment.put("ISSUER", realm.oauth().issuer().toString());
                environment.put("PRIVATE_KEY", realm.agentKey());
                environment.put("SCOPE", scope);
                environment.put(
                        "AUDIENCE", advertised.equals("scopes") ? notes.uri().toString() : "");
                Run run = run(toolchain(client.stack()), environment, client.command() + " " + notes.uri());
                output.append(run.output());
                run.steps().values().forEach(claims -> steps.put(step, claims));
            }
            assertThat(steps).as(output.toString()).containsOnlyKeys(MACHINE);
            steps.values().forEach(claims -> {
                assertThat(claims.path("aud").asText()).isEqualTo(notes.uri().toString());
                assertThat(claims.path("scope").asText()).isEqualTo("notes:read");
                assertThat(claims.has("act")).isFalse();
            });
        } finally {
            table.add(row(client, advertised, new Run(steps, Map.of(), Set.of(), Set.of(), ""), MACHINE));
        }
    }

    @ParameterizedTest(name = "{0} client, scopes in the metadata: {1}")
    @CsvSource({"registered, scopes", "registered, none", "pre-registered, scopes", "pre-registered, none"})
    void conformance_of_the_authorization_server(String kind, String advertised) {
        Program suite = new Program(
                "MCP conformance suite, " + kind + " client",
                "node",
                "@modelcontextprotocol/conformance",
                "conformance.mjs",
                TYPESCRIPT);
        Map<String, JsonNode> steps = new LinkedHashMap<>();
        try (Server notes = notes(TYPESCRIPT, advertised)) {
            realm.notesAt(notes.uri());
            String redirect = "http://127.0.0.1:3000/callback";
            String client = kind.equals("registered")
                    ? realm.register("Conformance suite", redirect)
                    : realm.application("conformance", redirect);
            Run run = run(
                    toolchain(suite.stack()),
                    Map.of(),
                    suite.command() + " " + realm.oauth().issuer() + " " + notes.uri() + " " + client);
            steps.putAll(run.steps());
            assertThat(steps).as(run.output()).containsOnlyKeys("conformance");
            assertThat(run.checks())
                    .containsExactlyInAnyOrderEntriesOf(Map.of(
                            "authorization-server-metadata", "SUCCESS",
                            "authorization-code-grant", "SUCCESS",
                            // said only where a policy makes client id metadata documents work
                            "authorization-server-metadata-cimd", "WARNING"));
        } finally {
            table.add(row(suite, advertised, new Run(steps, Map.of(), Set.of(), Set.of(), ""), List.of("conformance")));
        }
    }

    @ParameterizedTest(name = "{0}, scopes in the metadata: {1}")
    @CsvSource({"proxy, scopes", "proxy, none", "keycloak, scopes", "keycloak, none", "remote, scopes", "remote, none"})
    void a_server_reaches_an_api_for_its_user_by_exchange_only(String provider, String advertised) {
        Toolchain python = toolchain("python");
        Map<String, String> environment = new HashMap<>();
        environment.put("ISSUER", realm.oauth().issuer().toString());
        environment.put("ADVERTISE", advertised);
        try (Script api = python.start(environment, "api.py")) {
            URI tickets = URI.create(api.next().path("listening").asText());
            environment.put("API", tickets.toString());
            try (Script server = python.start(environment, "delegated.py", provider)) {
                URI resource = URI.create(server.next().path("listening").asText());
                realm.delegated(resource, tickets);
                Run run = run(python, Map.of(), "client_delegated.py " + resource);

                String place =
                        switch (provider) {
                            case "proxy" -> "FastMCP behind its OAuthProxy";
                            case "keycloak" -> FASTMCP_KEYCLOAK;
                            default -> "FastMCP, its remote auth provider";
                        };
                Program client = new Program("FastMCP client, list_my_tickets", "python", "fastmcp", "", place);
                table.add(row(client, advertised, run, List.of("API by exchange")));
                assertThat(run.steps()).as(run.output()).containsOnlyKeys("token as it came", "API by exchange");
                assertThat(run.steps().get("token as it came").path("status").asInt())
                        .isEqualTo(401);
                JsonNode seen = run.steps().get("API by exchange");
                assertThat(seen.path("sub").asText()).isEqualTo(realm.userId("alice"));
                assertThat(seen.path("aud").asText()).isEqualTo(tickets.toString());
                assertThat(seen.path("act").path("client_id").asText()).isEqualTo("delegated-mcp-server");
                if (provider.equals("proxy")) {
                    // at Keycloak the server is the client that its users sign in to
                    assertThat(seen.path("act").has("act")).isFalse();
                } else {
                    assertThat(seen.path("act").path("act").path("client_id").asText())
                            .isEqualTo(client(run));
                }
            }
        }
    }

    private static Row row(Program program, String mode, Run run, List<String> steps) {
        Map<String, Boolean> outcomes = new LinkedHashMap<>();
        boolean nothingLeft = InteropTable.asksForAllThatIsListed(program.name(), mode);
        steps.forEach(step -> outcomes.put(
                nothingLeft && step.equals("step up") ? "every scope at once" : step,
                run.steps().containsKey(step)));
        if (outcomes.containsKey("come back")) {
            outcomes.computeIfPresent(
                    "come back",
                    (step, done) -> done
                            && clientOf(run.steps().get(step))
                                    .equals(clientOf(run.steps().get("sign in"))));
        }
        return new Row(program.name(), program.version(), program.server(), mode, outcomes);
    }

    private static String clientOf(JsonNode claims) {
        return claims.path("azp").asText();
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
            NotesServer server = new NotesServer(realm.oauth().issuer(), advertised.equals("scopes"));
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
        return switch (stack) {
            case "node" -> Toolchain.node();
            case "products" -> Toolchain.products();
            default -> Toolchain.python();
        };
    }

    private static Run run(Toolchain toolchain, Map<String, String> environment, String command) {
        Map<String, JsonNode> steps = new LinkedHashMap<>();
        Map<String, String> checks = new TreeMap<>();
        Set<String> clients = new TreeSet<>();
        Set<Integer> asked = new TreeSet<>();
        Set<String> failures = new LinkedHashSet<>();
        Person person = new Person();
        try (Script client = toolchain.start(environment, command.split(" "))) {
            for (JsonNode said = client.next(); !said.isMissingNode(); said = client.next()) {
                if (said.has("authorize")) {
                    URI request = URI.create(said.path("authorize").asText());
                    clients.add(Form.parse(request.getRawQuery()).get("client_id"));
                    asked.add(steps.size());
                    try {
                        person.open(request);
                    } catch (IllegalStateException | UncheckedIOException e) {
                        failures.add(e.toString());
                        break;
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

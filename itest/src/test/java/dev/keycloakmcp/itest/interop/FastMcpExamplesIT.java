package dev.keycloakmcp.itest.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.junit.Until;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.keycloak.admin.client.resource.RoleMappingResource;
import org.keycloak.admin.client.resource.RoleScopeResource;
import org.keycloak.representations.idm.RoleRepresentation;

/** FastMCP's examples in {@code docs/start/protect-a-server.md}, as they are written there but for two addresses. */
@ExtendWith(Runtimes.class)
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FastMcpExamplesIT {

    private static final Pattern PYTHON = Pattern.compile("(?ms)^```python\n(.*?)^```$");
    private static final Pattern LAST_LINE = Pattern.compile("(?ms)^```py\n(.*?)^```$");
    private static final String WRITE = "crm:write";
    private static final String EXAMPLE = "example.py";
    private static final String PAGE = "http://localhost:6274";

    private InteropRealm realm;
    private List<String> examples;
    private String forPages;

    @BeforeAll
    void create(KeycloakServer server) throws IOException {
        realm = InteropRealm.on(server);
        String page = Files.readString(Workspace.root().resolve("docs/start/protect-a-server.md"));
        examples = blocks(PYTHON, page);
        String first = examples.get(0).strip();
        forPages = first.substring(0, first.lastIndexOf('\n') + 1)
                + blocks(LAST_LINE, page).get(0);
    }

    private static List<String> blocks(Pattern fence, String page) {
        return fence.matcher(page)
                .results()
                .map((MatchResult block) -> block.group(1))
                .toList();
    }

    @AfterAll
    void remove() {
        realm.close();
    }

    @Test
    void there_are_three() {
        assertThat(examples).hasSize(3);
    }

    @Test
    void all_tools_are_listed_to_who_may_use_them_all() {
        Map<String, Seen> seen = run(0);

        assertThat(seen.get("tools").says()).isEqualTo("[\"find_account\",\"rename_account\"]");
        assertThat(seen.get("rename_account").says()).isEqualTo("\"Acme is Acme Ltd now\"");
        assertThat(seen.get("rename_account").logins()).isOne();
    }

    @Test
    void a_tool_whose_scope_the_user_may_not_have_is_not_listed() {
        RoleRepresentation editor = new RoleRepresentation();
        editor.setName("crm-editor");
        realm.admin().roles().create(editor);
        RoleScopeResource needed = roles().realmLevel();
        List<RoleRepresentation> roles =
                List.of(realm.admin().roles().get("crm-editor").toRepresentation());
        needed.add(roles);
        try {
            Map<String, Seen> seen = run(0);

            assertThat(seen.get("tools").says()).isEqualTo("[\"find_account\"]");
            assertThat(seen.get("find_account").says()).isEqualTo("\"Acme is a customer\"");
        } finally {
            needed.remove(roles);
        }
    }

    @Test
    void required_scopes_are_all_that_is_asked_for() {
        Map<String, Seen> seen = run(1);

        assertThat(seen.get("tools").says()).isEqualTo("[\"find_account\",\"list_accounts\"]");
        assertThat(seen.get("list_accounts").says()).isEqualTo("\"Acme\"");
        assertThat(seen.get("list_accounts").logins()).isOne();
    }

    @Test
    void a_client_steps_up_for_a_tool_that_needs_more() {
        Map<String, Seen> seen = run(2);

        assertThat(seen.get("tools").says()).isEqualTo("[\"find_account\",\"rename_account\"]");
        assertThat(seen.get("find_account").logins()).isOne();
        assertThat(seen.get("rename_account").says()).isEqualTo("\"Acme is Acme Ltd now\"");
        assertThat(seen.get("rename_account").logins()).isEqualTo(2);
    }

    @Test
    void pages_find_the_metadata_at_the_root_and_may_send_and_read_their_headers() {
        OAuthClient page = realm.oauth();
        serve(forPages, resource -> {
            URI metadata = resource.resolve("/.well-known/oauth-protected-resource");
            assertThat(page.get(metadata).expect(200).get("resource")).isEqualTo(resource.toString());
            for (URI uri : List.of(metadata, resource)) {
                assertThat(page.preflight(uri, PAGE, "POST", "authorization,content-type,mcp-protocol-version")
                                .expect(200)
                                .headers()
                                .firstValue("Access-Control-Allow-Origin"))
                        .contains(PAGE);
            }
            Reply refused = page.send(
                    HttpRequest.newBuilder(resource).header("Origin", PAGE).POST(HttpRequest.BodyPublishers.noBody()));
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.headers().firstValue("Access-Control-Expose-Headers"))
                    .hasValueSatisfying(exposed -> assertThat(exposed).contains("WWW-Authenticate"));
            return Map.of();
        });
    }

    private RoleMappingResource roles() {
        return realm.admin().clientScopes().get(realm.scopeId(WRITE)).getScopeMappings();
    }

    /** What the client saw, and how often it had sent alice to Keycloak by then. */
    private record Seen(String says, int logins) {}

    private Map<String, Seen> run(int example) {
        return serve(examples.get(example), resource -> use(Toolchain.python(), resource));
    }

    private Map<String, Seen> serve(String example, Function<URI, Map<String, Seen>> use) {
        Toolchain python = Toolchain.python();
        int port = freePort();
        URI resource = URI.create("http://127.0.0.1:" + port + "/mcp");
        realm.change("crm-mcp-server", server -> server.getAttributes().put("resource_url", resource.toString()));
        String code = example.replace(
                        "http://127.0.0.1:8080/realms/agent-mesh",
                        realm.issuer().toString())
                .replace("8091", Integer.toString(port));
        try {
            Files.writeString(python.folder().resolve(EXAMPLE), code);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (Script server = python.start(Map.of(), EXAMPLE)) {
            Until.holds(EXAMPLE + " listens", () -> listens(port));
            return use.apply(resource);
        }
    }

    private static Map<String, Seen> use(Toolchain python, URI resource) {
        Map<String, Seen> seen = new LinkedHashMap<>();
        Person person = new Person();
        int logins = 0;
        try (Script client = python.start(Map.of(), "client_tools.py", resource.toString())) {
            for (JsonNode said = client.next(); !said.isMissingNode(); said = client.next()) {
                if (said.has("authorize")) {
                    logins++;
                    person.open(URI.create(said.path("authorize").asText()));
                } else {
                    seen.put(
                            said.path("step").asText(),
                            new Seen(said.path("claims").toString(), logins));
                }
            }
            assertThat(seen).as(client.output()).containsKey("tools");
        }
        return seen;
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

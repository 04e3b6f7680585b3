package dev.keycloakmcp.itest.audit;

import static dev.keycloakmcp.itest.audit.AuditRealm.encode;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the documentation and its OpenAPI document are understood by the server. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditDocIT {

    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern COMMAND = Pattern.compile("(kcadm\\.sh .*)");

    private AuditRealm mesh;
    private Reply issued;

    @BeforeAll
    void create(KeycloakServer server) {
        mesh = AuditRealm.create(server, List.of("alice"));
        issued = mesh.machine("gateway", AuditRealm.target("crm")).expect(200);
    }

    @AfterAll
    void remove() {
        mesh.close();
    }

    @Test
    void every_command_of_the_documentation_works(@TempDir Path folder) throws IOException, InterruptedException {
        List<String> commands = Stream.of("troubleshooting.md", "registered-clients.md", "audit.md", "suspension.md")
                .flatMap(page -> lines(DOCS.resolve("operate").resolve(page)))
                .map(COMMAND::matcher)
                .filter(Matcher::matches)
                .map(command -> command.group(1))
                .toList();
        assertThat(commands).hasSizeGreaterThanOrEqualTo(20);
        String config = " --config '" + folder.resolve("kcadm.config") + "'";
        KeycloakServer server = mesh.server();
        List<String> script = new ArrayList<>(List.of("kcadm config credentials --server " + server.baseUri()
                + " --realm master --user " + server.adminUsername() + " --password " + server.adminPassword()
                + config));
        for (int i = 0; i < commands.size(); i++) {
            String jti = Jwt.decode(issued.accessToken()).text("jti");
            String command = commands.get(i)
                    .replace("kcadm.sh", "kcadm")
                    .replace("-r my-realm", "-r " + mesh.name() + config)
                    .replace("realms/my-realm", "realms/" + mesh.name() + config)
                    .replaceAll("delegations/\\S+/chain", "delegations/" + jti + "/chain")
                    .replace("billing-bot", "billing");
            script.add("echo '[" + i + "]'; " + command + " || echo FAILED");
        }
        String output = run(server, script);
        assertThat(output).doesNotContain("FAILED").contains("[" + (commands.size() - 1) + "]");
        assertThat(output.split("\\[\\d+]")[commandThatContains(commands, "/chain") + 1])
                .contains("\"jti\"");
        // The last two commands stop an agent and let it go again.
        assertThat(mesh.rows("?type=suspension&actor=billing")
                        .get(0)
                        .get("detail")
                        .asText())
                .isEqualTo("its key leaked");
        assertThat(mesh.rows("?type=reinstatement&actor=billing")).hasSize(1);
    }

    private static Stream<String> lines(Path page) {
        try {
            return Files.readAllLines(page).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int commandThatContains(List<String> commands, String part) {
        return IntStream.range(0, commands.size())
                .filter(i -> commands.get(i).contains(part))
                .findFirst()
                .orElseThrow();
    }

    private static String run(KeycloakServer server, List<String> script) throws IOException, InterruptedException {
        Path kcadm = Workspace.distribution(server.options().version()).resolve("bin/kcadm.sh");
        ProcessBuilder builder = new ProcessBuilder(
                        "bash", "-c", "kcadm() { \"$KCADM\" \"$@\"; }\n" + String.join("\n", script))
                .redirectErrorStream(true);
        builder.environment().put("KCADM", kcadm.toString());
        builder.environment().put("KC_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return output;
    }

    @Test
    void every_parameter_of_the_open_api_document_is_known() throws IOException {
        JsonNode document = new ObjectMapper()
                .readTree(DOCS.resolve("reference/audit.openapi.json").toFile());
        for (Map.Entry<String, JsonNode> path : document.get("paths").properties()) {
            JsonNode operation = path.getValue().path("get");
            if (operation.isMissingNode() || path.getKey().contains("{")) {
                continue;
            }
            String query = operation
                    .get("parameters")
                    .valueStream()
                    .map(parameter -> parameter.get("name").asText() + "="
                            + encode(parameter.get("example").asText()))
                    .collect(Collectors.joining("&", "?", ""));
            assertThat(mesh.ask(path.getKey().substring(1) + query).status())
                    .as(path.getKey() + query)
                    .isEqualTo(200);
        }
        JsonNode row = mesh.rows("?client=gateway").get(0);
        JsonNode known = document.at("/components/schemas/Row/properties");
        row.fieldNames()
                .forEachRemaining(
                        member -> assertThat(known.has(member)).as(member).isTrue());
    }
}

package dev.keycloakmcp.itest.audit;

import static dev.keycloakmcp.itest.audit.AuditRealm.encode;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.KeycloakServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The commands of the documentation and its OpenAPI document are understood by the server. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditDocIT {

    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern GET = Pattern.compile("kcadm\\.sh get mcp/(\\S+) -r my-realm(.*)");
    private static final Pattern PARAMETER = Pattern.compile(" -q (\\S+?)=(\\S+)");

    private AuditRealm mesh;

    @BeforeAll
    void create(KeycloakServer server) {
        mesh = AuditRealm.create(server, List.of("alice"));
        mesh.machine("gateway", AuditRealm.target("crm")).expect(200);
    }

    @AfterAll
    void remove() {
        mesh.close();
    }

    @Test
    void every_question_is_answered() throws IOException {
        List<Matcher> commands = Files.readAllLines(DOCS.resolve("audit.md")).stream()
                .map(GET::matcher)
                .filter(Matcher::matches)
                .toList();
        assertThat(commands).hasSizeGreaterThanOrEqualTo(10);
        for (Matcher command : commands) {
            String query = PARAMETER
                    .matcher(command.group(2))
                    .results()
                    .map(parameter -> parameter.group(1) + "=" + encode(parameter.group(2)))
                    .collect(Collectors.joining("&", "?", ""));
            Reply reply = mesh.ask(command.group(1) + query);
            // Nobody has the token of the example.
            assertThat(reply.status())
                    .as(command.group())
                    .isEqualTo(command.group(1).endsWith("/chain") ? 404 : 200);
        }
    }

    @Test
    void every_parameter_of_the_open_api_document_is_known() throws IOException {
        JsonNode document =
                new ObjectMapper().readTree(DOCS.resolve("audit.openapi.json").toFile());
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

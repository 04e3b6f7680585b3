package dev.keycloakmcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.admin.ServerInventory;
import dev.keycloakmcp.decision.OAuthErrors;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.machine.provider.McpClientCredentialsExecutorFactory;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.keycloak.provider.ProviderConfigProperty;

/** docs/reference/machine-access.md and docs/operate/troubleshooting.md say what the code does. */
class MachineAccessDocTest {

    private static final Path REFERENCE = Path.of("..", "docs", "reference", "machine-access.md");
    private static final Path TROUBLESHOOTING = Path.of("..", "docs", "operate", "troubleshooting.md");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([^`]+)` \\| (.+) \\|$");

    /** What can refuse a machine request, an exchange or a refresh of an agent. */
    private static final Set<ReasonCode> REFUSALS = Arrays.stream(ReasonCode.values())
            .filter(reason -> reason.name().matches("(CREDENTIAL|ASSERTION|SECRET|RESOURCE|SCOPE)_.*")
                    || reason == ReasonCode.CLIENT_DYNAMICALLY_REGISTERED)
            // of codes and refresh tokens
            .filter(reason -> reason != ReasonCode.RESOURCE_MISMATCH && reason != ReasonCode.RESOURCE_NOT_ASKED)
            .collect(Collectors.toUnmodifiableSet());

    /** The first column of the table under a heading, and the rest of its row. */
    private static Map<String, String> rows(Path page, String heading) throws IOException {
        String document = Files.readString(page);
        int begin = document.indexOf(heading);
        assertThat(begin).as(heading).isNotNegative();
        int end = document.indexOf("\n## ", begin + 1);
        Map<String, String> rows = new LinkedHashMap<>();
        Matcher row = ROW.matcher(document.substring(begin, end < 0 ? document.length() : end));
        while (row.find()) {
            rows.put(row.group(1), row.group(2));
        }
        return rows;
    }

    @Test
    void every_key_of_the_executor_has_its_row_and_its_default() throws IOException {
        Map<String, String> rows = rows(REFERENCE, "## Configuration of `mcp-client-credentials`");
        Map<String, Object> properties = new McpClientCredentialsExecutorFactory()
                .getConfigProperties().stream()
                        .collect(Collectors.toMap(
                                ProviderConfigProperty::getName,
                                property -> Objects.requireNonNullElse(property.getDefaultValue(), "none")));
        assertThat(rows.keySet()).isEqualTo(properties.keySet());
        properties.forEach((key, value) ->
                assertThat(words(rows.get(key).split(" \\| ")[0])).as(key).isEqualTo(words(String.valueOf(value))));
    }

    private static Set<String> words(String text) {
        return new TreeSet<>(
                Arrays.asList(text.replaceAll("[`\\[\\],]", " ").trim().split("\\s+")));
    }

    @Test
    void every_refusal_has_its_row_with_the_right_error() throws IOException {
        Map<String, String> rows = rows(TROUBLESHOOTING, "## Targets, scopes and credentials");
        assertThat(rows.keySet())
                .isEqualTo(REFUSALS.stream().map(ReasonCode::code).collect(Collectors.toSet()));
        for (ReasonCode reason : REFUSALS) {
            boolean unauthorized = OAuthErrors.INVALID_CLIENT.equals(reason.error());
            assertThat(rows.get(reason.code()))
                    .startsWith("`" + reason.error() + "`" + (unauthorized ? " (401) |" : " |"));
        }
    }

    @Test
    void every_problem_of_a_server_has_its_row() throws Exception {
        Set<String> codes = new TreeSet<>();
        for (Field field : ServerInventory.class.getFields()) {
            if (Modifier.isStatic(field.getModifiers())) {
                codes.add((String) field.get(null));
            }
        }
        assertThat(new TreeSet<>(
                        rows(TROUBLESHOOTING, "## Problems of MCP servers").keySet()))
                .isEqualTo(codes);
    }
}

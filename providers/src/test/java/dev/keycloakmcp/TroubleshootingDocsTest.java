package dev.keycloakmcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.decision.ReasonCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Troubleshooting has every reason to refuse, with the error that the client sees, and no other. */
class TroubleshootingDocsTest {

    private static final Path PAGE = Path.of("..", "docs", "operate", "troubleshooting.md");
    private static final Pattern TABLE = Pattern.compile("(?m)^\\| reason \\| error \\|.*\\R(?:\\|.*\\R)+");
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z_]+)` \\| `([a-z_]+)`(.*)\\|$");

    @Test
    void every_reason_to_refuse_has_a_row_with_its_error() throws IOException {
        Set<String> documented = new TreeSet<>();
        Matcher table = TABLE.matcher(Files.readString(PAGE));
        while (table.find()) {
            Matcher row = ROW.matcher(table.group());
            while (row.find()) {
                documented.add(row.group(1) + ": " + row.group(2));
            }
            assertThat(row.reset().results().count() + 2)
                    .as("lines of %s", table.group())
                    .isEqualTo(table.group().lines().count());
        }
        assertThat(documented)
                .isEqualTo(Arrays.stream(ReasonCode.values())
                        .filter(reason -> !reason.error().isEmpty())
                        .map(reason -> reason.code() + ": " + reason.error())
                        .collect(Collectors.toCollection(TreeSet::new)));
    }
}

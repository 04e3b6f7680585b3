package dev.keycloakmcp.itest.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A report says what came of a run, to people and to programs. */
class RunReportTest {

    private static final Map<String, Tally> CLASSES = new TreeMap<>(Map.of(
            "dev.example.FirstIT", new Tally(1200, List.of(), 3),
            "dev.example.SecondIT", new Tally(2, List.of("breaks()"), 0)));

    private static final RunReport REPORT = new RunReport(
            "26.9.0",
            "/downloads/keycloak-26.9.0",
            "21.0.1",
            false,
            false,
            List.of("Keycloak MCP Policies 1.0 does NOT fit Keycloak 26.9.0", "  Thing is gone"),
            List.of("cimd"),
            new Tally(1202, List.of("breaks()"), 3),
            CLASSES);

    @Test
    void people_read_a_table() {
        assertThat(REPORT.markdown()).isEqualTo("""
                | Keycloak | tests | passed | failed | skipped | links |
                |---|---|---|---|---|---|
                | 26.9.0 | part of the suite | 1,202 | 1 | 3 | no |

                Keycloak MCP Policies 1.0 does NOT fit Keycloak 26.9.0
                  Thing is gone

                Left out, as this version does not know them: cimd

                | class | passed | failed | skipped |
                |---|---|---|---|
                | FirstIT | 1200 | 0 | 3 |
                | SecondIT | 2 | 1 | 0 |

                Failed:

                - SecondIT: `breaks()`
                """);
    }

    @Test
    void programs_read_the_same(@TempDir Path folder) {
        REPORT.write(folder);
        assertThat(RunReport.read(folder.resolve("keycloak-26.9.0.json"))).isEqualTo(REPORT);
        assertThat(folder.resolve("keycloak-26.9.0.md")).hasContent(REPORT.markdown());
    }
}

package dev.keycloakmcp.itest.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.server.Workspace;
import dev.keycloakmcp.linkage.TestedVersions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The table of versions names those that the build checks, and says of none what was not seen. {@code -Ddocs.write=true}
 * writes the results of whole runs, which are in {@code target/compatibility}.
 */
class CompatibilityPageTest {

    private static final Path PAGE = Workspace.root().resolve("docs/operate/compatibility.md");
    private static final String BEGIN = "<!-- versions -->\n" + RunReport.HEAD;
    private static final String END = "<!-- /versions -->";

    /** What there is of the next minor version. */
    private static final String OF_NEXT = " (`keycloak-core` and `keycloak-common` alone)";

    @Test
    void every_version_has_its_row() throws IOException {
        if (Boolean.getBoolean("docs.write")) {
            write();
        }
        assertThat(rows().keySet())
                .as("docs/operate/compatibility.md; rewrite it with -Ddocs.write=true")
                .containsExactlyElementsOf(versions());
        rows().forEach((version, row) -> {
            List<String> cells = cells(row);
            assertThat(cells.get(5)).as(row).isEqualTo("yes");
            if (cells.get(1).equals("whole suite")) {
                assertThat(Integer.parseInt(cells.get(2).replace(",", "")))
                        .as(row)
                        .isPositive();
                assertThat(cells.get(3)).as(row).isEqualTo("0");
            } else {
                assertThat(cells.subList(1, 5)).as(row).containsExactly("link check", "", "", "");
            }
        });
    }

    @Test
    void versions_are_the_ones_that_the_build_takes() throws IOException {
        String parent = Files.readString(Workspace.root().resolve("pom.xml"));
        String build = Files.readString(Workspace.root().resolve("providers/pom.xml"));
        String harness = Files.readString(Workspace.root().resolve("itest/pom.xml"));
        List<String> tested = TestedVersions.ALL;
        String latest = tested.get(tested.size() - 1);
        assertThat(parent).contains("<keycloak.server.version>" + latest + "</keycloak.server.version>");
        assertThat(versionsOf("keycloak-quarkus-dist", build)).isEqualTo(tested);
        assertThat(versionsOf("keycloak-quarkus-dist", harness))
                .as("the server of all builds, and those of the long form")
                .containsExactlyElementsOf(Stream.concat(
                                Stream.of("${keycloak.server.version}"),
                                tested.stream().filter(version -> !version.equals(latest)))
                        .toList());
    }

    private static List<String> versions() throws IOException {
        String build = Files.readString(Workspace.root().resolve("providers/pom.xml"));
        return Stream.concat(
                        TestedVersions.ALL.stream(),
                        versionsOf("keycloak-core", build).stream().map(version -> version + OF_NEXT))
                .toList();
    }

    /** The versions of an artifact that a build file names, in its order. */
    private static List<String> versionsOf(String artifact, String build) {
        return Pattern.compile("<artifactId>" + artifact + "</artifactId>\\s*<version>([^<]+)</version>")
                .matcher(build)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    private static void write() throws IOException {
        Map<String, String> before = rows();
        StringBuilder table = new StringBuilder();
        for (String version : versions()) {
            Path file = RunReport.folder().resolve("keycloak-" + version + ".json");
            RunReport report = Files.exists(file) ? RunReport.read(file) : null;
            table.append(
                    report != null && report.whole()
                            ? report.row()
                            : before.getOrDefault(version, "| " + version + " | link check | | | | yes |\n"));
        }
        String page = Files.readString(PAGE);
        Files.writeString(
                PAGE,
                page.substring(0, page.indexOf(BEGIN) + BEGIN.length()) + table + page.substring(page.indexOf(END)));
    }

    /** The rows of the page, each with its line's end. */
    private static Map<String, String> rows() throws IOException {
        String page = Files.readString(PAGE);
        String table = page.substring(page.indexOf(BEGIN) + BEGIN.length(), page.indexOf(END));
        Map<String, String> rows = new LinkedHashMap<>();
        table.lines().forEach(line -> rows.put(cells(line).get(0), line + "\n"));
        return rows;
    }

    private static List<String> cells(String row) {
        return Arrays.stream(row.strip().replaceAll("^\\||\\|$", "").split("\\|", -1))
                .map(String::strip)
                .toList();
    }
}

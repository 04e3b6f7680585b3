package dev.keycloakmcp.itest.reports;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The page of reports is what the rows say. {@code -Ddocs.write=true} writes it. */
class PublicReportsPageTest {

    private static final Path PAGE = Path.of("..", "docs", "contribute", "reports.md");
    private static final String BEGIN = "<!-- generated -->\n";
    private static final String END = "<!-- /generated -->";
    private static final String BEHAVIOURS_BEGIN = "<!-- behaviours -->\n";
    private static final String BEHAVIOURS_END = "<!-- /behaviours -->";
    private static final int FEWEST = 60;

    private static final List<PublicReport> REPORTS = PublicReport.all();

    /**
     * What the first reports were about.
     *
     * @param about in a few words
     * @param reports whose rows show it
     * @param tests the integration tests that have the rest of it
     */
    private record Behaviour(String about, List<String> reports, String... tests) {}

    private static final List<Behaviour> BEHAVIOURS = List.of(
            new Behaviour(
                    "a gateway that names no method to authenticate",
                    List.of("pomerium/pomerium#6787"),
                    "InteropIT",
                    "DefaultResourceIT"),
            new Behaviour(
                    "display members that cannot be shown",
                    List.of("cloudflare/workers-oauth-provider#218"),
                    "AsSentIT"),
            new Behaviour("spaces in scopes", List.of("anthropics/claude-ai-mcp#453"), "SentParametersIT"),
            new Behaviour(
                    "scopes that nobody knows, such as `claudeai`",
                    List.of("modelcontextprotocol/modelcontextprotocol#653", "plastic-labs/honcho#1189"),
                    "RegisteredScopesIT"),
            new Behaviour("offline access without the role", List.of("keycloak/keycloak#22275"), "TokenErrorsIT"),
            new Behaviour("errors that pages can read", List.of("keycloak/keycloak#26782"), "TokenErrorsIT"),
            new Behaviour(
                    "parameters without a value",
                    List.of(
                            "modelcontextprotocol/python-sdk#979",
                            "authlib/authlib#130",
                            "coder/coder#29508",
                            "marcospereirampj/python-keycloak#720"),
                    "SentParametersIT"),
            new Behaviour(
                    "`urn:ietf:params:oauth:token-type:jwt` for access tokens",
                    List.of("spring-projects/spring-security#16486"),
                    "DelegationIT"),
            new Behaviour(
                    "servers whose URI has a query",
                    List.of("modelcontextprotocol/python-sdk#3065"),
                    "SentParametersIT"),
            new Behaviour(
                    "the device flow of registered clients", List.of("punkpeye/mcp-remote#228"), "RegisteredDeviceIT"),
            new Behaviour("browser extensions", List.of("makenotion/notion-mcp-server#343"), "AsSentIT"),
            new Behaviour(
                    "`MCP-Protocol-Version` in preflights",
                    List.of("keycloak/keycloak#43514"),
                    "AllowedHeadersIT",
                    "AsSentIT"),
            new Behaviour("`dpop_bound_access_tokens`", List.of("keycloak/keycloak#21918"), "AsSentIT"),
            new Behaviour("existing web applications", List.of("idenplane/idenplane#180"), "ExistingApplicationIT"),
            new Behaviour(
                    "FastMCP's `required_scopes`", List.of("PrefectHQ/fastmcp#4513"), "FastMcpExamplesIT", "InteropIT"),
            new Behaviour(
                    "MCP Inspector that Node 20 installs", List.of("modelcontextprotocol/inspector#852"), "InteropIT"));

    @Test
    void the_table_is_what_the_rows_say() throws IOException {
        isWritten(BEGIN, table(), END);
    }

    @Test
    void the_table_of_behaviours_is_as_it_is_here() throws IOException {
        isWritten(BEHAVIOURS_BEGIN, behaviours(), BEHAVIOURS_END);
    }

    @Test
    void what_shows_a_behaviour_is_there() throws IOException {
        List<String> tests;
        try (Stream<Path> sources = Files.walk(Path.of("src", "test", "java"))) {
            tests = sources.map(path -> path.getFileName().toString().replace(".java", ""))
                    .toList();
        }
        for (Behaviour behaviour : BEHAVIOURS) {
            assertThat(REPORTS).extracting(PublicReport::id).containsAll(behaviour.reports());
            assertThat(tests).contains(behaviour.tests());
        }
    }

    private static void isWritten(String begin, String table, String end) throws IOException {
        String page = Files.readString(PAGE);
        int from = page.indexOf(begin) + begin.length();
        int to = page.indexOf(end);
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(PAGE, page.substring(0, from) + table + page.substring(to));
            return;
        }
        assertThat(page.substring(from, to))
                .as("docs/contribute/reports.md; rewrite it with -Ddocs.write=true")
                .isEqualTo(table);
    }

    private static String behaviours() {
        return "| behaviour | reports | more in |\n|---|---|---|\n"
                + BEHAVIOURS.stream()
                        .map(behaviour -> "| %s | %s | %s |\n"
                                .formatted(
                                        behaviour.about(),
                                        behaviour.reports().stream()
                                                .map(PublicReportsPageTest::link)
                                                .collect(Collectors.joining(", ")),
                                        Stream.of(behaviour.tests())
                                                .map(test -> "`" + test + "`")
                                                .collect(Collectors.joining(", "))))
                        .collect(Collectors.joining());
    }

    private static String link(String id) {
        return "[%s](%s)"
                .formatted(
                        id,
                        REPORTS.stream()
                                .filter(report -> report.id().equals(id))
                                .findFirst()
                                .orElseThrow()
                                .address());
    }

    @Test
    void there_are_enough_reports_each_with_one_row() {
        assertThat(REPORTS)
                .hasSizeGreaterThanOrEqualTo(FEWEST)
                .extracting(PublicReport::id)
                .allMatch(id -> id.matches("[\\w.-]+/[\\w.-]+#\\d+"))
                .doesNotHaveDuplicates();
    }

    private static String table() {
        return "| report | what was tried | right answer | here |\n|---|---|---|---|\n"
                + REPORTS.stream().map(PublicReportsPageTest::row).collect(Collectors.joining());
    }

    private static String row(PublicReport report) {
        return "| %s | %s | %s | %s |\n"
                .formatted(
                        link(report.id()),
                        report.tried(),
                        report.answer(),
                        report.wasFault() ? "was a fault, mended" : "was right");
    }
}

package dev.keycloakmcp.itest.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The table of {@code docs/reference/interop.md}: who was run, and what came of it. {@code -Ddocs.write=true} writes it. */
final class InteropTable {

    private static final Path DOCS = Path.of("..", "docs", "reference", "interop.md");
    private static final Path SOURCES = Path.of("src", "interop");
    private static final String START = "<!-- results -->\n";
    /** As many as a run of the whole class gives. */
    private static final int ROWS = 60;

    private static final String END = "<!-- /results -->";
    private static final String STOCK_START = "<!-- stock -->\n";
    private static final String STOCK_END = "<!-- /stock -->";

    static final String GIVEN = "none; the realm gives notes:read to all clients";

    static final String INSPECTOR_015 = "MCP Inspector 0.15 (Node 20), web page";

    private static final String COMMAND_LINE = "MCP Inspector, command line";
    private static final String CONFIGURED = "where its configuration names a scope or a client id ([1](#notes))";

    /** What does not work, and cannot here, and what does instead. */
    private static final Map<Known, Limit> KNOWN = Map.of(
            new Known(COMMAND_LINE, "scopes"),
            new Limit(List.of("step up"), "steps up " + CONFIGURED),
            new Known(COMMAND_LINE, GIVEN),
            new Limit(List.of("step up"), "steps up " + CONFIGURED),
            new Known(COMMAND_LINE, "none"),
            new Limit(List.of("step up"), "lists the tools, and calls one " + CONFIGURED));

    /** The clients that ask for every scope that Keycloak lists. */
    private static final Set<Known> GREEDY = Set.of(
            new Known("mcp-remote", "none"),
            new Known("Codex", "none"),
            new Known(INSPECTOR_015, "scopes"),
            new Known(INSPECTOR_015, "none"));

    /** A client, and whether the server names scopes. */
    private record Known(String client, String mode) {}

    /** The steps that a client does not take, and a sentence on what it does. */
    private record Limit(List<String> steps, String instead) {}

    /**
     * One run.
     *
     * @param client who
     * @param pack the package that it is in
     * @param server which server it connected to
     * @param mode what was different about this run
     * @param steps what it did, and whether it succeeded
     */
    record Row(String client, String pack, String server, String mode, Map<String, Boolean> steps) {}

    private final List<Row> rows = new ArrayList<>();
    private final boolean documented;

    /** @param documented whether the docs follow every run; else this is printed, and written only on demand */
    InteropTable(boolean documented) {
        this.documented = documented;
    }

    void add(Row row) {
        rows.add(row);
    }

    static List<String> expected(String client, String mode, List<String> steps) {
        return steps.stream()
                .filter(step -> !limit(client, mode).steps().contains(step))
                .toList();
    }

    private static Limit limit(String client, String mode) {
        return KNOWN.getOrDefault(new Known(client, mode), new Limit(List.of(), ""));
    }

    static boolean asksForAllThatIsListed(String client, String mode) {
        return GREEDY.contains(new Known(client, mode));
    }

    /** Whether a client that is told which scopes to get registers once more, for these. */
    static boolean registersForScopes(String client) {
        return client.equals("Codex");
    }

    void finish() {
        String table = "| client | version | server | run | result |\n|---|---|---|---|---|\n"
                + rows.stream().map(InteropTable::line).sorted().distinct().collect(Collectors.joining());
        String start = documented ? START : STOCK_START;
        String end = documented ? END : STOCK_END;
        if (!documented) {
            System.out.println(table);
        }
        if (documented ? rows.size() < ROWS : !Boolean.getBoolean("docs.write")) {
            return;
        }
        try {
            String docs = Files.readString(DOCS);
            String updated =
                    docs.substring(0, docs.indexOf(start) + start.length()) + table + docs.substring(docs.indexOf(end));
            if (Boolean.getBoolean("docs.write")) {
                Files.writeString(DOCS, updated);
            } else {
                assertThat(docs).isEqualTo(updated);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String line(Row row) {
        Limit limit = limit(row.client(), row.mode());
        List<String> failed = row.steps().entrySet().stream()
                .filter(step -> !step.getValue())
                .map(Map.Entry::getKey)
                .toList();
        String result = !limit.steps().isEmpty() && failed.equals(limit.steps())
                ? row.steps().keySet().stream()
                                .filter(step -> !failed.contains(step))
                                .collect(Collectors.joining(", "))
                        + "; " + limit.instead()
                : row.steps().entrySet().stream()
                        .map(step -> (step.getValue() ? "" : "**not** ") + step.getKey())
                        .collect(Collectors.joining(", "));
        String mode = (row.mode().startsWith("none") ? "no scopes" + row.mode().substring("none".length()) : row.mode())
                .replaceFirst("scopes", "scopes in the server's metadata");
        return "| " + String.join(" | ", row.client(), version(row.pack()), row.server(), mode, result) + " |\n";
    }

    /** As locked; for Java by the properties of the build. */
    private static String version(String pack) {
        try {
            if (pack.contains(" ")) {
                String build = Files.readString(Path.of("pom.xml"));
                return Stream.of(pack.split(" "))
                        .map(name -> {
                            String start = "<" + name + ".version>";
                            int at = build.indexOf(start) + start.length();
                            return build.substring(at, build.indexOf('<', at));
                        })
                        .collect(Collectors.joining(", "));
            }
            for (String folder : List.of("node", "products")) {
                var dependencies = new ObjectMapper()
                        .readTree(
                                SOURCES.resolve(folder).resolve("package.json").toFile())
                        .path("dependencies");
                if (dependencies.has(pack)) {
                    return dependencies.path(pack).asText().replaceFirst("^npm:.*@", "");
                }
            }
            try (Stream<String> lines = Files.lines(SOURCES.resolve("python").resolve("requirements.txt"))) {
                return lines.filter(line -> line.startsWith(pack + "=="))
                        .map(line -> line.substring(pack.length() + 2))
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException("No version of " + pack));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

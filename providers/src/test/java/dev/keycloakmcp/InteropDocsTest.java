package dev.keycloakmcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The summary of docs/reference/interop.md says what its table of results says. */
class InteropDocsTest {

    private static final Path PAGE = Path.of("..", "docs", "reference", "interop.md");
    private static final String WHY = ", [why](#what-does-not-work-and-why)";
    private static final Map<String, String> WAYS = Map.of(
            "sign in", "sign in",
            "token by scope", "machine token",
            "API by exchange", "exchange",
            "conformance", "conformance suite");
    private static final List<String> RUNS =
            List.of("scopes in the server's metadata", "no scopes in the server's metadata");

    /** What makes a run work that names nothing, in the results and in the summary. */
    private static final String BY_DEFAULT = "; the server is the default-resource";

    private static final String WHERE_BY_DEFAULT = " where the realm has a default server";

    /** What leads to a condition of a result. */
    private static final Pattern NOTE = Pattern.compile(", \\[\\d]\\(#notes\\)$");

    /** Begins a condition in a result. */
    private static final String CONDITION = ";";

    @Test
    void the_summary_is_that_of_the_results() throws IOException {
        Map<String, List<String>> steps = new TreeMap<>();
        Set<String> conditions = new TreeSet<>();
        for (List<String> row : table("<!-- results -->", "<!-- /results -->")) {
            List<String> taken = Arrays.asList(row.get(4).split(", "));
            String client = row.get(0) + " | " + WAYS.get(taken.get(0).replace("**not** ", ""));
            // Runs with another configuration of the realm are in the results only.
            if (RUNS.contains(row.get(3).replace(BY_DEFAULT, ""))) {
                if (row.get(4).contains(CONDITION)) {
                    conditions.add(client + " | " + row.get(3));
                }
                steps.computeIfAbsent(client + " | " + row.get(3), key -> new ArrayList<>())
                        .addAll(taken);
            }
        }
        Map<String, String> results = new TreeMap<>();
        steps.forEach((run, taken) -> results.put(
                run.replace(BY_DEFAULT, ""), result(taken) + (run.endsWith(BY_DEFAULT) ? WHERE_BY_DEFAULT : "")));
        Map<String, String> summary = new TreeMap<>();
        for (List<String> row : table("## Summary", "\n\nAt a stock")) {
            for (int run = 0; run < RUNS.size(); run++) {
                summary.put(row.get(0) + " | " + row.get(1) + " | " + RUNS.get(run), row.get(2 + run));
            }
        }
        for (String run : conditions) {
            assertThat(summary.remove(run)).as(run).containsPattern(NOTE).doesNotMatch("works" + NOTE);
            results.remove(run);
        }
        summary.replaceAll((run, said) -> NOTE.matcher(said).replaceFirst(""));
        assertThat(summary).isEqualTo(results);
    }

    private static String result(List<String> steps) {
        long missed = steps.stream().filter(step -> step.startsWith("**not**")).count();
        return missed == 0 ? "works" : (missed == steps.size() ? "no" : "in part") + WHY;
    }

    /** The rows of the table between two marks. */
    private static List<List<String>> table(String begin, String end) throws IOException {
        String page = Files.readString(PAGE);
        int start = page.indexOf(begin);
        return page.substring(start, page.indexOf(end, start))
                .lines()
                .filter(line -> line.startsWith("| "))
                .skip(1)
                .map(line -> Arrays.stream(
                                line.substring(1, line.lastIndexOf('|')).split("\\|"))
                        .map(String::trim)
                        .toList())
                .toList();
    }
}

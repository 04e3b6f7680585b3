package dev.keycloakmcp.itest.compatibility;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.server.Distribution;
import dev.keycloakmcp.itest.server.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What came of a run of the suite.
 *
 * @param keycloak the version of the server
 * @param distribution where it was
 * @param java the version of Java
 * @param whole true when all classes of the suite ran
 * @param links true when the jar links with it
 * @param linkCheck the answer of the check that says so
 * @param unknownFeatures features that tests ask for and that this version does not know
 * @param tests all in all
 * @param classes what came of each class
 */
record RunReport(
        String keycloak,
        String distribution,
        String java,
        boolean whole,
        boolean links,
        List<String> linkCheck,
        List<String> unknownFeatures,
        Tally tests,
        Map<String, Tally> classes) {

    static final String HEAD = """
            | Keycloak | tests | passed | failed | skipped | links |
            |---|---|---|---|---|---|
            """;

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    /** Where the reports are. */
    static Path folder() {
        return Workspace.target().resolve("compatibility");
    }

    /** Writes one of a whole run, or of one against somebody's own distribution. */
    static void writeIfWanted(Map<String, Tally> classes) {
        boolean whole = classes.keySet().containsAll(suite());
        if (whole || Distribution.given().isPresent()) {
            of(Distribution.underTest(), whole, classes).write(folder());
        }
    }

    static RunReport of(Distribution keycloak, boolean whole, Map<String, Tally> classes) {
        LinkVerdict verdict = LinkVerdict.of(keycloak.folder());
        return new RunReport(
                keycloak.version(),
                keycloak.folder().toString(),
                System.getProperty("java.version"),
                whole,
                verdict.fits(),
                verdict.lines(),
                keycloak.unknown(features(classes.keySet())),
                classes.values().stream().reduce(Tally.NONE, Tally::plus),
                classes);
    }

    static RunReport read(Path file) {
        try {
            return JSON.readValue(file.toFile(), RunReport.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void write(Path folder) {
        try {
            Files.createDirectories(folder);
            Path file = folder.resolve("keycloak-" + keycloak + ".json");
            JSON.writeValue(file.toFile(), this);
            Files.writeString(folder.resolve("keycloak-" + keycloak + ".md"), markdown());
            System.out.println("[keycloak] compatibility report: " + file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The row of the table of versions. */
    String row() {
        return String.format(
                Locale.ROOT,
                "| %s | %s | %,d | %d | %d | %s |\n",
                keycloak,
                whole ? "whole suite" : "part of the suite",
                tests.passed(),
                tests.failed().size(),
                tests.skipped(),
                links ? "yes" : "no");
    }

    String markdown() {
        StringBuilder page = new StringBuilder(HEAD).append(row()).append('\n');
        linkCheck.forEach(line -> page.append(line).append('\n'));
        if (!unknownFeatures.isEmpty()) {
            page.append("\nLeft out, as this version does not know them: ")
                    .append(String.join(", ", unknownFeatures))
                    .append('\n');
        }
        page.append("\n| class | passed | failed | skipped |\n|---|---|---|---|\n");
        classes.forEach((name, tally) -> page.append("| %s | %d | %d | %d |\n"
                .formatted(simple(name), tally.passed(), tally.failed().size(), tally.skipped())));
        String failures = classes.entrySet().stream()
                .flatMap(each -> each.getValue().failed().stream()
                        .map(test -> "- " + simple(each.getKey()) + ": `" + test + "`\n"))
                .collect(Collectors.joining());
        return failures.isEmpty() ? page.toString() : page + "\nFailed:\n\n" + failures;
    }

    private static String simple(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }

    /** The names of all classes of the suite. */
    private static Set<String> suite() {
        Path classes = Workspace.target().resolve("test-classes");
        try (Stream<Path> files = Files.walk(classes)) {
            return files.map(file -> classes.relativize(file).toString())
                    .filter(file -> file.endsWith("IT.class") && !file.contains("$"))
                    .map(file -> file.replace(".class", "").replace('/', '.').replace('\\', '.'))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> features(Set<String> classes) {
        return classes.stream()
                .flatMap(name -> Stream.ofNullable(type(name).getAnnotation(KeycloakTest.class)))
                .flatMap(test -> Arrays.stream(test.features()))
                .distinct()
                .sorted()
                .toList();
    }

    private static Class<?> type(String name) {
        try {
            return Class.forName(name, false, RunReport.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}

package dev.keycloakmcp.itest.attack;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The generated part of the page: the threats by source, and the attacks by test class. */
final class AttackPage {

    private final List<Catalogue.Source> sources;
    private final List<Attack> attacks;

    AttackPage(List<Catalogue.Source> sources, List<Attack> attacks) {
        this.sources = sources;
        this.attacks = attacks;
    }

    String markdown() {
        return counts()
                + sources.stream().map(this::source).collect(Collectors.joining())
                + "## The attacks\n\n"
                + "By test class. The names are those of the tests.\n\n"
                + byClass().entrySet().stream()
                        .map(tests -> tests(tests.getKey(), tests.getValue()))
                        .collect(Collectors.joining("\n"));
    }

    private String counts() {
        List<Catalogue.Threat> threats =
                sources.stream().flatMap(source -> source.threats().stream()).toList();
        return row("named attacks", "threats", "of them tried", "out of scope", "waiting for a feature")
                + "|---|---|---|---|---|\n"
                + row(
                        attacks.size(),
                        threats.size(),
                        threats.stream().filter(this::tried).count(),
                        threats.stream()
                                .filter(threat -> threat.outOfScope() != null)
                                .count(),
                        threats.stream()
                                .filter(threat -> threat.awaits() != null && !tried(threat))
                                .count())
                + "\n";
    }

    private String source(Catalogue.Source source) {
        return "## " + source.source() + "\n\n"
                + "[" + source.title() + "](" + source.url() + "). " + source.about() + "\n\n"
                + row("id", "section", "threat", "control", "tried by")
                + "|---|---|---|---|---|\n"
                + source.threats().stream().map(this::threat).collect(Collectors.joining())
                + "\n";
    }

    private String threat(Catalogue.Threat threat) {
        String control = threat.outOfScope() != null
                ? "*Out of scope.* " + threat.outOfScope()
                : threat.awaits() != null
                        ? "*Waits for " + threat.awaits() + ".* " + threat.control()
                        : Objects.requireNonNull(threat.control());
        return row("`" + threat.id() + "`", threat.section(), threat.threat(), control, triedBy(threat));
    }

    private boolean tried(Catalogue.Threat threat) {
        return attacks.stream().anyMatch(attack -> attack.threats().contains(threat.id()));
    }

    /** Each class with the number of its attacks. */
    private String triedBy(Catalogue.Threat threat) {
        return attacks.stream()
                .filter(attack -> attack.threats().contains(threat.id()))
                .collect(Collectors.groupingBy(Attack::testClass, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(tests -> "[" + tests.getKey() + "](#" + tests.getKey().toLowerCase(Locale.ROOT) + ") "
                        + tests.getValue())
                .collect(Collectors.joining(", "));
    }

    private Map<String, List<Attack>> byClass() {
        return attacks.stream().collect(Collectors.groupingBy(Attack::testClass, TreeMap::new, Collectors.toList()));
    }

    private static String tests(String name, List<Attack> tests) {
        Map<Method, List<Attack>> methods =
                tests.stream().collect(Collectors.groupingBy(Attack::test, LinkedHashMap::new, Collectors.toList()));
        return "### " + name + "\n\n"
                + methods.entrySet().stream()
                        .map(method -> "- " + method.getValue().get(0).sentence() + " ("
                                + method.getValue().get(0).threats().stream()
                                        .sorted(Comparator.naturalOrder())
                                        .collect(Collectors.joining(", "))
                                + ")" + rows(method.getValue()) + "\n")
                        .collect(Collectors.joining());
    }

    private static String rows(List<Attack> attacks) {
        return attacks.get(0).row().isEmpty()
                ? ""
                : attacks.stream().map(attack -> code(attack.row())).collect(Collectors.joining(", ", ": ", ""));
    }

    /** Text between backticks, more of them than it holds. */
    private static String code(String text) {
        return text.contains("`") ? "`` " + text + " ``" : "`" + text + "`";
    }

    private static String row(Object... cells) {
        return Arrays.stream(cells).map(Object::toString).collect(Collectors.joining(" | ", "| ", " |\n"));
    }
}

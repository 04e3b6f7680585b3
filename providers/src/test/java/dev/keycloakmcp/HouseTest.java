package dev.keycloakmcp;

import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The plan of the house. Each capability has a room, {@code dev.keycloakmcp.<room>}, whose rules are
 * plain Java, and a {@code provider} package behind it, where the rules meet Keycloak.
 */
@AnalyzeClasses(packages = "dev.keycloakmcp", importOptions = ImportOption.DoNotIncludeTests.class)
class HouseTest {

    private static final String BASE = "dev.keycloakmcp";
    private static final String EDGE = ".provider";

    /** The rooms by floor, the ground floor first. A room uses those of the floors below its own, none beside it. */
    private static final List<Set<String>> FLOORS = List.of(
            Set.of("decision", "support", "linkage", "fetch"),
            Set.of("resource"),
            Set.of("policy"),
            Set.of("token", "machine"),
            Set.of("registration", "actor"),
            Set.of("consent", "discovery", "audit"),
            Set.of("admin"));

    private static final Map<String, Integer> FLOOR_OF = floorOf();

    private static final Path SOURCES = Path.of("src/main/java");

    private static final Pattern IMPORT = Pattern.compile("^import (?:static )?dev\\.keycloakmcp\\.([a-z]+)\\.");

    private static final Pattern RIDDLE = Pattern.compile("/\\*\\*\\s+(?:\\* )?(?:What|Whether)\\b.*");

    /** Classes that Keycloak, JAX-RS, JPA or the service loader find by reflection. */
    private static final List<String> FOUND_BY_OTHERS = List.of(
            "org.keycloak.provider.ProviderFactory",
            "org.keycloak.provider.Spi",
            "org.keycloak.representations.idm.ClientPolicyConditionConfigurationRepresentation",
            "org.keycloak.representations.idm.ClientPolicyExecutorConfigurationRepresentation");

    @ArchTest
    static final ArchRule every_class_lives_in_a_room = classes()
            .should(new ArchCondition<JavaClass>("live in a room or in its provider package") {
                @Override
                public void check(JavaClass item, ConditionEvents events) {
                    String room = roomOf(item);
                    String name = item.getPackageName();
                    boolean housed = FLOOR_OF.containsKey(room)
                            && (name.equals(BASE + "." + room) || name.equals(BASE + "." + room + EDGE));
                    if (!housed) {
                        events.add(SimpleConditionEvent.violated(item, item.getName() + " lives in no room"));
                    }
                }
            })
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule rules_are_plain_java = classes()
            .that(are(pure()))
            .should()
            .onlyDependOnClassesThat(are(plainJava()))
            .allowEmptyShould(true)
            .because("a rule is read, tested and mutated without a server");

    @ArchTest
    static final ArchRule rooms_use_only_lower_floors = classes()
            .should(new ArchCondition<JavaClass>("use only rooms of lower floors") {
                @Override
                public void check(JavaClass item, ConditionEvents events) {
                    String room = roomOf(item);
                    item.getDirectDependenciesFromSelf().stream()
                            .filter(dependency ->
                                    dependency.getTargetClass().getPackageName().startsWith(BASE))
                            .filter(dependency -> !mayUse(room, roomOf(dependency.getTargetClass())))
                            .forEach(dependency ->
                                    events.add(SimpleConditionEvent.violated(item, dependency.getDescription())));
                }
            })
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule edges_are_private_unless_somebody_needs_them = classes()
            .that(are(edge()))
            .and()
            .areTopLevelClasses()
            .and()
            .arePublic()
            .should(new ArchCondition<JavaClass>("be needed outside of their package") {
                @Override
                public void check(JavaClass item, ConditionEvents events) {
                    boolean usedElsewhere = item.getDirectDependenciesToSelf().stream()
                            .anyMatch(dependency -> !dependency
                                    .getOriginClass()
                                    .getPackageName()
                                    .equals(item.getPackageName()));
                    boolean foundByOthers = FOUND_BY_OTHERS.stream().anyMatch(item::isAssignableTo)
                            || item.isAnnotatedWith("jakarta.persistence.Entity")
                            || item.isAnnotatedWith("jakarta.ws.rs.Path")
                            || item.isAnnotatedWith("jakarta.ws.rs.ext.Provider")
                            || item.getMethods().stream()
                                    .anyMatch(method -> method.isMetaAnnotatedWith("jakarta.ws.rs.HttpMethod")
                                            || method.isAnnotatedWith("jakarta.ws.rs.Path"));
                    if (!usedElsewhere && !foundByOthers && !onlyNamesConstants(item)) {
                        events.add(SimpleConditionEvent.violated(
                                item, item.getName() + " is public and nobody needs it to be"));
                    }
                }
            })
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule no_static_state = fields().that()
            .areStatic()
            .and()
            .doNotHaveModifier(JavaModifier.SYNTHETIC)
            .should()
            .beFinal()
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule no_java_util_logging = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.allowEmptyShould(true);

    /** But for the one command of the jar, which answers whoever typed it. */
    @ArchTest
    static final ArchRule no_standard_streams = ArchRuleDefinition.noClasses()
            .that()
            .doNotHaveFullyQualifiedName("dev.keycloakmcp.linkage.provider.KcCheck")
            .should(ACCESS_STANDARD_STREAMS)
            .allowEmptyShould(true);

    /** The compiler copies constants into the classes that use them, so that only the text shows where they are from. */
    @Test
    void import_lines_name_only_lower_floors() throws IOException {
        List<String> upwards = new ArrayList<>();
        for (Path file : sources()) {
            String room = SOURCES.resolve("dev/keycloakmcp")
                    .relativize(file)
                    .getName(0)
                    .toString();
            for (String line : Files.readAllLines(file)) {
                Matcher imported = IMPORT.matcher(line);
                if (imported.find() && !mayUse(room, imported.group(1))) {
                    upwards.add(file.getFileName() + ": " + line);
                }
            }
        }
        assertThat(upwards).isEmpty();
    }

    /** Javadoc begins with the thing, not with a riddle about it. */
    @Test
    void javadoc_says_what_a_thing_is() throws IOException {
        List<String> riddles = new ArrayList<>();
        for (Path file : sources()) {
            Matcher riddle = RIDDLE.matcher(Files.readString(file));
            while (riddle.find()) {
                riddles.add(file.getFileName() + ": " + riddle.group());
            }
        }
        assertThat(riddles).isEmpty();
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java")).toList();
        }
    }

    private static boolean mayUse(String room, String other) {
        return room.equals(other)
                || FLOOR_OF.getOrDefault(other, Integer.MAX_VALUE) < FLOOR_OF.getOrDefault(room, Integer.MIN_VALUE);
    }

    private static Map<String, Integer> floorOf() {
        Map<String, Integer> floors = new HashMap<>();
        for (int floor = 0; floor < FLOORS.size(); floor++) {
            for (String room : FLOORS.get(floor)) {
                floors.put(room, floor);
            }
        }
        return Map.copyOf(floors);
    }

    private static String roomOf(JavaClass item) {
        String name = item.getPackageName();
        if (name.length() <= BASE.length()) {
            return "";
        }
        String inside = name.substring(BASE.length() + 1);
        int end = inside.indexOf('.');
        return end < 0 ? inside : inside.substring(0, end);
    }

    /** The compiler copies constants into the classes that use them, so their use cannot be seen. */
    private static boolean onlyNamesConstants(JavaClass item) {
        return !item.getFields().isEmpty()
                && item.getMethods().isEmpty()
                && item.getFields().stream()
                        .allMatch(field ->
                                field.getModifiers().containsAll(Set.of(JavaModifier.STATIC, JavaModifier.FINAL))
                                        && (field.getRawType().isPrimitive()
                                                || field.getRawType().isEquivalentTo(String.class)));
    }

    private static DescribedPredicate<JavaClass> edge() {
        return JavaClass.Predicates.resideInAPackage(BASE + ".*" + EDGE).as("in a provider package");
    }

    private static DescribedPredicate<JavaClass> pure() {
        return JavaClass.Predicates.resideInAPackage(BASE + ".*").as("rules");
    }

    private static DescribedPredicate<JavaClass> plainJava() {
        return JavaClass.Predicates.resideInAnyPackage(
                        "", // primitives and arrays of them
                        "java..",
                        "javax.crypto..",
                        "javax.net..",
                        "javax.security..",
                        "org.jspecify.annotations..",
                        "com.google.errorprone.annotations..",
                        BASE + ".*")
                .as("plain Java");
    }
}

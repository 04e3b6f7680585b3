package dev.keycloakmcp;

import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

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
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The plan of the house. Each capability has a room, {@code dev.keycloakmcp.<room>}, whose rules are
 * plain Java, and a {@code provider} package behind it, where the rules meet Keycloak.
 */
@AnalyzeClasses(packages = "dev.keycloakmcp", importOptions = ImportOption.DoNotIncludeTests.class)
class HouseTest {

    private static final String BASE = "dev.keycloakmcp";
    private static final String EDGE = ".provider";

    private static final Map<String, Set<String>> ROOMS = Map.of(
            "decision", Set.of(),
            "resource", Set.of("decision"),
            "actor", Set.of("decision", "resource"),
            "registration", Set.of("decision", "resource"),
            "machine", Set.of("decision", "resource"),
            "discovery", Set.of("resource", "registration", "machine"),
            "consent", Set.of("resource", "registration"),
            "audit", Set.of("decision", "actor"),
            "admin",
                    Set.of(
                            "decision",
                            "resource",
                            "actor",
                            "registration",
                            "machine",
                            "discovery",
                            "consent",
                            "audit"));

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
                    boolean housed = ROOMS.containsKey(room)
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
    static final ArchRule rooms_open_only_the_doors_on_the_plan = classes()
            .should(new ArchCondition<JavaClass>("use only the rooms that theirs may import") {
                @Override
                public void check(JavaClass item, ConditionEvents events) {
                    String room = roomOf(item);
                    Set<String> open = ROOMS.getOrDefault(room, Set.of());
                    item.getDirectDependenciesFromSelf().stream()
                            .filter(dependency ->
                                    dependency.getTargetClass().getPackageName().startsWith(BASE))
                            .filter(dependency -> {
                                String other = roomOf(dependency.getTargetClass());
                                return !other.equals(room) && !open.contains(other);
                            })
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

    @ArchTest
    static final ArchRule no_standard_streams =
            ArchRuleDefinition.noClasses().should(ACCESS_STANDARD_STREAMS).allowEmptyShould(true);

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

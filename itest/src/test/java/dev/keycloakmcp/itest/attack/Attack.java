package dev.keycloakmcp.itest.attack;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestTemplate;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.ReflectionSupport;

/**
 * One test, or one row of one, that tries threats.
 *
 * @param test where it is
 * @param row which row; empty for a method that is one test
 * @param threats ids of what it tries
 */
record Attack(Method test, String row, Set<String> threats) {

    /** The attacks of the whole suite, by name. */
    static List<Attack> all() {
        SortedMap<String, SortedSet<String>> rows = RecordedRows.read();
        return methods()
                .flatMap(method -> of(method, rows))
                .sorted(Comparator.comparing(Attack::name))
                .toList();
    }

    /** The keys of those that are several attacks. */
    static SortedSet<String> methodsWithRows() {
        return methods().filter(Attack::hasRows).map(RecordedRows::key).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<Method> methods() {
        return ReflectionSupport.findAllClassesInPackage("dev.keycloakmcp.itest", type -> true, name -> true).stream()
                .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
                .filter(method -> method.isAnnotationPresent(Tries.class));
    }

    private static Stream<Attack> of(Method method, SortedMap<String, SortedSet<String>> rows) {
        Set<String> threats = Set.of(method.getAnnotation(Tries.class).value());
        return hasRows(method)
                ? rows.getOrDefault(RecordedRows.key(method), new TreeSet<>()).stream()
                        .map(row -> new Attack(method, row, threats))
                : Stream.of(new Attack(method, "", threats));
    }

    private static boolean hasRows(Method method) {
        return AnnotationSupport.isAnnotated(method, TestTemplate.class)
                || AnnotationSupport.isAnnotated(method, TestFactory.class);
    }

    String testClass() {
        return test.getDeclaringClass().getSimpleName();
    }

    /** The method's name as a sentence, however its words are joined. */
    String sentence() {
        String name = test.getName();
        return name.contains("_")
                ? name.replace('_', ' ')
                : name.replaceAll("(?=\\p{Lu})", " ").toLowerCase(Locale.ROOT);
    }

    /** The class, the method, and the row. */
    String name() {
        return testClass() + ": " + sentence() + (row.isEmpty() ? "" : ": " + row);
    }
}

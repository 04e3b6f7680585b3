package dev.keycloakmcp.itest.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import org.junit.jupiter.api.TestTemplate;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.DynamicTestInvocationContext;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.platform.commons.support.AnnotationSupport;

/** Compares the rows of a method that run with those of {@code rows.tsv}; {@code -Ddocs.write=true} writes them there. */
final class RowNames implements BeforeEachCallback, InvocationInterceptor {

    private static final Namespace NAMESPACE = Namespace.create(RowNames.class);

    @Override
    public void beforeEach(ExtensionContext context) {
        if (AnnotationSupport.isAnnotated(context.getRequiredTestMethod(), TestTemplate.class)) {
            rows(context.getParent().orElseThrow()).add(context.getDisplayName());
        }
    }

    @Override
    public void interceptDynamicTest(
            Invocation<Void> invocation, DynamicTestInvocationContext test, ExtensionContext context) throws Throwable {
        rows(context.getParent().orElseThrow()).add(context.getDisplayName());
        invocation.proceed();
    }

    private static Rows rows(ExtensionContext method) {
        return method.getStore(NAMESPACE)
                .getOrComputeIfAbsent(
                        "rows",
                        key -> new Rows(
                                RecordedRows.key(method.getRequiredTestMethod()), new ConcurrentSkipListSet<>()),
                        Rows.class);
    }

    /** The rows of one method. JUnit closes this when all have run. */
    private record Rows(String method, Set<String> names) implements AutoCloseable {

        void add(String displayName) {
            assertThat(names.add(RecordedRows.name(displayName)))
                    .as("%s of %s has a name of its own", displayName, method)
                    .isTrue();
        }

        @Override
        public void close() {
            SortedSet<String> ran = new TreeSet<>(names);
            if (Boolean.getBoolean("docs.write")) {
                RecordedRows.write(method, ran);
            } else {
                // AttackListTest misses those of a method that has none yet.
                assertThat(RecordedRows.read().getOrDefault(method, ran))
                        .as("rows of %s in rows.tsv; -Ddocs.write=true writes them", method)
                        .isEqualTo(ran);
            }
        }
    }
}

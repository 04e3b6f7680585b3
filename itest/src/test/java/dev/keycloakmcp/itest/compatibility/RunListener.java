package dev.keycloakmcp.itest.compatibility;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.UniqueId;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/** Counts what comes of the integration tests of a run, class by class, and has it reported at the end. */
public final class RunListener implements TestExecutionListener {

    private final Predicate<String> counts;
    private final Consumer<Map<String, Tally>> report;
    private final Map<String, Tally> classes = Collections.synchronizedMap(new TreeMap<>());
    private @Nullable TestPlan plan;

    /** The one that JUnit makes. */
    public RunListener() {
        this(name -> name.endsWith("IT"), RunReport::writeIfWanted);
    }

    RunListener(Predicate<String> counts, Consumer<Map<String, Tally>> report) {
        this.counts = counts;
        this.report = report;
    }

    @Override
    public void testPlanExecutionStarted(TestPlan started) {
        plan = started;
    }

    @Override
    public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
        boolean failed = result.getStatus() == TestExecutionResult.Status.FAILED;
        if (failed) {
            add(identifier, Tally.oneFailed(name(identifier)));
        } else if (identifier.isTest()) {
            boolean passed = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
            add(identifier, passed ? Tally.onePassed() : Tally.skipped(1));
        }
    }

    @Override
    public void executionSkipped(TestIdentifier identifier, String reason) {
        long inside = identifier.isTest() || plan == null
                ? 1
                : plan.getDescendants(identifier).stream()
                        .filter(TestIdentifier::isTest)
                        .count();
        add(identifier, Tally.skipped((int) Math.max(1, inside)));
    }

    @Override
    public void testPlanExecutionFinished(TestPlan finished) {
        if (!classes.isEmpty()) {
            report.accept(new TreeMap<>(classes));
        }
    }

    /** Counts a test with its outermost class. */
    private void add(TestIdentifier identifier, Tally tally) {
        identifier.getUniqueIdObject().getSegments().stream()
                .filter(segment -> segment.getType().equals("class"))
                .map(UniqueId.Segment::getValue)
                .findFirst()
                .filter(counts)
                .ifPresent(name -> classes.merge(name, tally, Tally::plus));
    }

    private static String name(TestIdentifier identifier) {
        String shown = identifier.getDisplayName();
        return identifier
                .getSource()
                .filter(MethodSource.class::isInstance)
                .map(source -> ((MethodSource) source).getMethodName())
                .filter(method -> !shown.startsWith(method))
                .map(method -> method + " " + shown)
                .orElse(shown);
    }
}

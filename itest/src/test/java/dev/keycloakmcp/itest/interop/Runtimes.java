package dev.keycloakmcp.itest.interop;

import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Leaves tests out where Node, Python or their packages cannot be had, and says so for each. */
final class Runtimes implements ExecutionCondition {

    private static final Namespace NAMESPACE = Namespace.create(Runtimes.class);

    private record Missing(Optional<String> reason) {}

    /** Decided by method, so that a report names each test that did not run. */
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (context.getTestMethod().isEmpty()) {
            return ConditionEvaluationResult.enabled("not a method");
        }
        Missing missing = context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(Missing.class, key -> new Missing(Toolchain.missing()), Missing.class);
        return missing.reason()
                .map(ConditionEvaluationResult::disabled)
                .orElseGet(() -> ConditionEvaluationResult.enabled("all there"));
    }
}

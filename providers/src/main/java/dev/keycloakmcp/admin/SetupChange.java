package dev.keycloakmcp.admin;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A change of a realm's set-up.
 *
 * @param applied false when it is only planned
 * @param steps in order
 */
public record SetupChange(boolean applied, List<SetupStep> steps) {

    public SetupChange {
        steps = List.copyOf(steps);
    }

    /** True when the realm is not the same afterwards. */
    public boolean isDifference() {
        return steps.stream().anyMatch(SetupStep::isDifference);
    }

    /** The members of the JSON object. */
    public Map<String, Object> json() {
        return Map.of(
                "applied", applied, "steps", steps.stream().map(SetupStep::json).toList());
    }

    /** A line for each step. */
    public String lines() {
        return steps.stream().map(step -> step.line() + "\n").collect(Collectors.joining());
    }
}

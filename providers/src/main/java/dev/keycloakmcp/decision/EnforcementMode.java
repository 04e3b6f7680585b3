package dev.keycloakmcp.decision;

/** The effect of a deny. */
public enum EnforcementMode {
    /** The request is refused. */
    ENFORCE("enforce"),
    /** The request goes on unchanged; events and metrics say what would have been denied and why. */
    REPORT("report");

    private final String value;

    EnforcementMode(String value) {
        this.value = value;
    }

    /** The value in the configuration. */
    public String value() {
        return value;
    }

    /** The outcome of a request in which a decision of this effect decides. */
    public Outcome outcome(Decision<?> decision) {
        if (decision.denied().isEmpty()) {
            return Outcome.ALLOW;
        }
        return this == ENFORCE ? Outcome.DENY : Outcome.WOULD_DENY;
    }
}

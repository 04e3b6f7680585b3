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
}

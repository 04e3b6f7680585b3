package dev.keycloakmcp.resource;

/** The treatment of a request that names no target. */
public enum WhenMissing {
    /** The only server that owns all requested MCP scopes, else the only server allowed, else deny. */
    INFER("infer"),
    /** Deny. */
    REQUIRE("require"),
    /** The request goes on without a target, and its token is not narrowed. */
    IGNORE("ignore");

    private final String value;

    WhenMissing(String value) {
        this.value = value;
    }

    /** The value in the configuration. */
    public String value() {
        return value;
    }
}

package dev.keycloakmcp.resource.provider;

/** Details that the extension adds to Keycloak's events. */
public final class McpEventDetails {
    /** The target, as registered. */
    public static final String RESOURCE = "resource";
    /** {@code allow}, {@code deny} or {@code would-deny}. */
    public static final String DECISION = "mcp_decision";
    /** The code of the reason. */
    public static final String REASON = "mcp_reason";

    private McpEventDetails() {}
}

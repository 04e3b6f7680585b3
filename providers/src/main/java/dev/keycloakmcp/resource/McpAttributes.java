package dev.keycloakmcp.resource;

/** Client attributes of the extension. */
public final class McpAttributes {
    /** MCP server: its canonical URI. The attribute that Keycloak's resource-indicators feature reads as well. */
    public static final String RESOURCE_URL = "resource_url";
    /** MCP server: space-separated names of the client scopes it understands. */
    public static final String SCOPES = "mcp.scopes";
    /** Agent: space-separated URIs it may target. */
    public static final String ALLOWED_RESOURCES = "mcp.allowed-resources";
    /** Registered client: URI of the server that it means where it names none; follows the policy of its realm. */
    public static final String DEFAULT_RESOURCE = "mcp.default-resource";
    /** Registered client: how it registered; set by the extension only. */
    public static final String REGISTRATION = "mcp.registration";
    /** Registered client: when it registered, epoch seconds. */
    public static final String REGISTERED_AT = "mcp.registered-at";
    /** Client that registered, or changed, itself at an endpoint of Keycloak's own; set by the extension only. */
    public static final String SELF_REGISTERED = "mcp.self-registered";
    /** Client that was made to be an MCP server or an agent, and goes with that; set by the extension only. */
    public static final String ADDED = "mcp.added";
    /** Suspended client, which gets no tokens and may not act for others: why. */
    public static final String SUSPENDED = "mcp.suspended";

    /** Suspended client: since when, epoch seconds. */
    public static final String SUSPENDED_AT = "mcp.suspended-at";
    /** Suspended client: name of the administrator who suspended it. */
    public static final String SUSPENDED_BY = "mcp.suspended-by";

    /** Client whose suspension was lifted: since when it had been, epoch seconds. One as old comes back by stale copies only. */
    public static final String LIFTED = "mcp.suspension-lifted";

    private McpAttributes() {}
}

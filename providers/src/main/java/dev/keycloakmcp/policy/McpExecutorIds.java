package dev.keycloakmcp.policy;

import java.util.List;

/** Provider ids of the executors of this extension, which a realm's client profiles name. */
public final class McpExecutorIds {
    public static final String RESOURCE_INDICATOR = "mcp-resource-indicator";
    public static final String CLIENT_CREDENTIALS = "mcp-client-credentials";
    public static final String DELEGATION = "mcp-delegation";

    public static final List<String> ALL = List.of(RESOURCE_INDICATOR, CLIENT_CREDENTIALS, DELEGATION);

    private McpExecutorIds() {}
}

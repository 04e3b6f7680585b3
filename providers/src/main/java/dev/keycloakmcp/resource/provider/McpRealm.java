package dev.keycloakmcp.resource.provider;

import org.jspecify.annotations.Nullable;
import org.keycloak.models.Constants;
import org.keycloak.models.RealmModel;

/** Whether a realm uses MCP policies at all. */
public final class McpRealm {

    private McpRealm() {}

    /** True when a client profile of the realm holds an executor of this extension. */
    public static boolean isOptedIn(RealmModel realm) {
        return names(realm.getAttribute(Constants.CLIENT_PROFILES));
    }

    private static boolean names(@Nullable String profiles) {
        return profiles != null
                && (profiles.contains("\"" + McpResourceIndicatorExecutorFactory.PROVIDER_ID + "\"")
                        || profiles.contains("\"mcp-client-credentials\"")
                        || profiles.contains("\"mcp-delegation\""));
    }
}

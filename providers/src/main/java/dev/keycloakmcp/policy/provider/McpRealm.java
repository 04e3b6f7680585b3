package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.policy.McpExecutorIds;
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
        return profiles != null && McpExecutorIds.ALL.stream().anyMatch(id -> profiles.contains("\"" + id + "\""));
    }
}

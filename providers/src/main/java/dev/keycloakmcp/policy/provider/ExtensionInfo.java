package dev.keycloakmcp.policy.provider;

import java.util.Map;
import java.util.Objects;

/** The entry of the extension on the page "Provider info" of the Admin Console. */
public final class ExtensionInfo {

    private ExtensionInfo() {}

    public static Map<String, String> operational() {
        Package jar = ExtensionInfo.class.getPackage();
        return Map.of("Keycloak MCP Policies", Objects.requireNonNullElse(jar.getImplementationVersion(), "unknown"));
    }
}

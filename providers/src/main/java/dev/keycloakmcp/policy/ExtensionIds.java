package dev.keycloakmcp.policy;

/** Provider ids of conditions and executors of this extension. */
public final class ExtensionIds {

    private static final String PREFIX = "mcp-";

    private ExtensionIds() {}

    /** True when a condition or an executor is one of this extension, whatever the version. */
    public static boolean contain(String providerId) {
        return providerId.startsWith(PREFIX);
    }
}

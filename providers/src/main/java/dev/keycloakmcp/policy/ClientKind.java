package dev.keycloakmcp.policy;

import java.util.Arrays;
import java.util.Optional;

/** The kinds of clients that MCP policies apply to. */
public enum ClientKind {
    /** Registered by the {@code mcp} registration endpoint. */
    REGISTERED("registered"),
    /** Created from a client id metadata document (CIMD). */
    METADATA_DOCUMENT("metadata-document"),
    /** A hand-made client with a grant that gives tokens of people and at least one scope of an MCP server. */
    APPLICATION("application"),
    /** A service account with allowed resources or at least one scope of an MCP server. */
    AGENT("agent"),
    /** An MCP server. */
    SERVER("server");

    private final String value;

    ClientKind(String value) {
        this.value = value;
    }

    /** The value in the configuration. */
    public String value() {
        return value;
    }

    /** The kind with a configured value. */
    public static Optional<ClientKind> of(String value) {
        return Arrays.stream(values()).filter(kind -> kind.value.equals(value)).findFirst();
    }
}

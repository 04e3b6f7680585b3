package dev.keycloakmcp.policy.provider;

/** A consent of which is known for which MCP server it was given. */
public interface ServerConsent {

    /**
     * True when the person allowed the client to use the MCP server of the token request.
     *
     * @param withScope true when the token holds a scope of the server that people are asked about
     */
    boolean isForServer(boolean withScope);
}

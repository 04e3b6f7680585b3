package dev.keycloakmcp.admin;

import java.util.List;

/**
 * An MCP server as an administrator sees it.
 *
 * @param clientId the client id
 * @param enabled true when tokens can be had for it at all
 * @param resource the URI as configured, which tokens carry as {@code aud}
 * @param scopes the client scopes it understands, as configured
 * @param agents who can get machine tokens for it
 * @param problems what is inconsistent; empty where all is well
 */
public record ServerReport(
        String clientId,
        boolean enabled,
        String resource,
        List<String> scopes,
        List<Agent> agents,
        List<Problem> problems) {

    public ServerReport {
        scopes = List.copyOf(scopes);
        agents = List.copyOf(agents);
        problems = List.copyOf(problems);
    }

    /**
     * An agent that can reach the server.
     *
     * @param clientId the client id
     * @param scopes the most it can get there
     */
    public record Agent(String clientId, List<String> scopes) {
        public Agent {
            scopes = List.copyOf(scopes);
        }
    }

    /**
     * Something inconsistent.
     *
     * @param code stable, for scripts
     * @param detail what is wrong and what to change
     */
    public record Problem(String code, String detail) {}
}

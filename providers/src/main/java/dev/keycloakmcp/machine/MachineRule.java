package dev.keycloakmcp.machine;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.resource.McpServer;
import dev.keycloakmcp.resource.McpServers;
import dev.keycloakmcp.resource.TargetRule;
import dev.keycloakmcp.resource.WhenMissing;
import java.util.Optional;
import java.util.Set;

/**
 * The token of an agent by client credentials: one for one MCP server, with the scopes it asked for, for a short time
 * (MCP extension {@code io.modelcontextprotocol/oauth-client-credentials}).
 *
 * @param whenMissing what happens without a target
 * @param requireExplicitScope whether a request without {@code scope} is refused
 * @param allowDynamicallyRegistered whether clients that registered themselves may have machine tokens
 * @param maxTokenLifetimeSeconds upper bound for the lifetime of the token
 */
public record MachineRule(
        WhenMissing whenMissing,
        boolean requireExplicitScope,
        boolean allowDynamicallyRegistered,
        int maxTokenLifetimeSeconds) {

    /**
     * Decides.
     *
     * @return what the token may hold; empty only for {@link WhenMissing#IGNORE} and a request that names no target
     */
    public Decision<Optional<TokenNarrowing>> decide(MachineRequest request, McpServers servers) {
        if (request.dynamicallyRegistered() && !allowDynamicallyRegistered) {
            return Decision.deny(
                    ReasonCode.CLIENT_DYNAMICALLY_REGISTERED,
                    "A dynamically registered client may not use the client credentials grant.");
        }
        if (requireExplicitScope && request.requestedScopes().isEmpty()) {
            return Decision.deny(ReasonCode.SCOPE_MISSING, "The scope parameter is required.");
        }
        return new TargetRule(whenMissing).decide(request.target(), servers).then(server -> bound(request, server));
    }

    private Decision<Optional<TokenNarrowing>> bound(MachineRequest request, Optional<McpServer> server) {
        if (server.isPresent() && scopes(request).stream().noneMatch(server.get()::owns)) {
            return Decision.deny(
                    ReasonCode.SCOPE_NOT_OWNED,
                    request.requestedScopes().isPresent()
                            ? TokenNarrowing.NO_SCOPE_OWNED
                            : "No scope was requested, and the client has no default scope of the resource.");
        }
        return Decision.allow(server.map(found -> TokenNarrowing.to(found)
                .withRequestedScopes(request.requestedScopes())
                .with(TokenNarrowing.WhenEmpty.REFUSED)
                .withMaxLifetime(maxTokenLifetimeSeconds)));
    }

    private static Set<String> scopes(MachineRequest request) {
        return request.requestedScopes().orElse(request.defaultScopes());
    }
}

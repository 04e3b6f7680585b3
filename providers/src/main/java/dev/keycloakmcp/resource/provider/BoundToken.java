package dev.keycloakmcp.resource.provider;

import dev.keycloakmcp.resource.McpServer;
import dev.keycloakmcp.resource.ResourceIndicator;
import dev.keycloakmcp.resource.TokenNarrowing;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.representations.AccessToken;

/** Tokens that were bound to an MCP server when they were issued. */
final class BoundToken {

    private BoundToken() {}

    /** The MCP server that a token is for, in realms that use MCP policies. */
    static Optional<McpServer> target(KeycloakSession session, @Nullable AccessToken token) {
        String[] audience = token == null ? null : token.getAudience();
        if (audience == null
                || audience.length == 0
                || !McpRealm.isOptedIn(session.getContext().getRealm())) {
            return Optional.empty();
        }
        return ResourceIndicator.parse(audience[0])
                .map(McpServerRegistry.of(session)::claiming)
                .filter(claiming -> claiming.size() == 1)
                .map(claiming -> claiming.get(0))
                .filter(server -> server.resourceUrl().equals(audience[0]));
    }

    /** What the token holds, for answers that have to say the same. */
    static Optional<TokenNarrowing> narrowing(KeycloakSession session, @Nullable AccessToken token) {
        return target(session, token)
                .map(server -> new TokenNarrowing(
                        server,
                        TokenNarrowing.scopes(token == null ? null : token.getScope()),
                        true,
                        token != null && token.getAudience().length > 1,
                        false,
                        false,
                        OptionalInt.empty()));
    }
}

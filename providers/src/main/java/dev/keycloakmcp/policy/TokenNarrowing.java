package dev.keycloakmcp.policy;

import dev.keycloakmcp.resource.McpServer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a token bound to one MCP server may hold.
 *
 * @param server the target
 * @param requestedScopes the scopes asked for; absent when the request named none, then the client's default scopes
 *     that the server owns are granted
 * @param offlineAccess whether {@code offline_access} survives
 * @param includeClientId whether the server's client id joins its URI in {@code aud}
 * @param rfc9068 whether the token takes the JWT access token profile (RFC 9068)
 * @param scopeRequired whether a token without any scope of the server is refused
 * @param maxLifetimeSeconds upper bound for the lifetime of the access token
 */
public record TokenNarrowing(
        McpServer server,
        Optional<Set<String>> requestedScopes,
        boolean offlineAccess,
        boolean includeClientId,
        boolean rfc9068,
        boolean scopeRequired,
        OptionalInt maxLifetimeSeconds) {

    public static final String OPENID = "openid";
    public static final String OFFLINE_ACCESS = "offline_access";

    public TokenNarrowing {
        requestedScopes = requestedScopes.map(Set::copyOf);
    }

    /** The same bounds in another form. */
    public TokenNarrowing withForm(boolean newIncludeClientId, boolean newRfc9068) {
        return new TokenNarrowing(
                server,
                requestedScopes,
                offlineAccess,
                newIncludeClientId,
                newRfc9068,
                scopeRequired,
                maxLifetimeSeconds);
    }

    /**
     * Whether a client scope takes part in the token.
     *
     * @param name the scope's name
     * @param includedInTokenScope false for scopes that only carry mappers; they always take part
     */
    public boolean keeps(String name, boolean includedInTokenScope) {
        return !includedInTokenScope || mayAppear(name);
    }

    /** Whether a name may appear in the token's {@code scope}. */
    public boolean mayAppear(String name) {
        if (OPENID.equals(name)) {
            return true;
        }
        if (OFFLINE_ACCESS.equals(name)) {
            return offlineAccess;
        }
        return server.owns(name)
                && requestedScopes.map(requested -> requested.contains(name)).orElse(true);
    }

    /** The {@code scope} claim without the names that may not appear, order kept. */
    public String scopeClaim(String scope) {
        return Arrays.stream(scope.split("\\s+"))
                .filter(name -> !name.isEmpty() && mayAppear(name))
                .distinct()
                .collect(Collectors.joining(" "));
    }

    /** Whether a granted {@code scope} holds at least one scope of the server. */
    public boolean grantsAnythingIn(String scope) {
        return Arrays.stream(scope.split("\\s+")).anyMatch(name -> server.owns(name) && mayAppear(name));
    }

    /** The {@code aud} claim. */
    public List<String> audience() {
        return includeClientId ? List.of(server.resourceUrl(), server.clientId()) : List.of(server.resourceUrl());
    }

    /**
     * The expiry of a token.
     *
     * @param expiresAt as computed by Keycloak, seconds since the epoch; 0 for never
     * @param issuedAt seconds since the epoch
     */
    public long expiry(long expiresAt, long issuedAt) {
        if (maxLifetimeSeconds.isEmpty()) {
            return expiresAt;
        }
        long latest = issuedAt + maxLifetimeSeconds.getAsInt();
        return expiresAt == 0 ? latest : Math.min(expiresAt, latest);
    }
}

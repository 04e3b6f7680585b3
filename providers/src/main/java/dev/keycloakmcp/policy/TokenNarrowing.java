package dev.keycloakmcp.policy;

import dev.keycloakmcp.resource.McpServer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The bounds of a token for one MCP server: target, scopes, form and lifetime.
 *
 * @param server the target
 * @param requestedScopes the scopes asked for; absent when the request named none, then the client's default scopes
 *     that the server owns are granted
 * @param maxLifetimeSeconds upper bound for the lifetime of the access token
 */
public record TokenNarrowing(
        McpServer server,
        Optional<Set<String>> requestedScopes,
        OfflineAccess offlineAccess,
        WhenEmpty whenEmpty,
        TokenForm form,
        OptionalInt maxLifetimeSeconds) {

    /** The fate of the scope {@code offline_access}. */
    public enum OfflineAccess {
        DROPPED,
        KEPT
    }

    /** The fate of a token without any scope of the server. */
    public enum WhenEmpty {
        ISSUED,
        REFUSED
    }

    /** The detail of a refusal with {@link dev.keycloakmcp.decision.ReasonCode#SCOPE_NOT_OWNED}. */
    public static final String NO_SCOPE_OWNED = "None of the requested scopes belongs to the resource.";

    public static final String OPENID = "openid";
    public static final String OFFLINE_ACCESS = "offline_access";

    public TokenNarrowing {
        requestedScopes = requestedScopes.map(Set::copyOf);
    }

    /** A token for a server with the client's default scopes that the server owns, without offline access. */
    public static TokenNarrowing to(McpServer server) {
        return new TokenNarrowing(
                server,
                Optional.empty(),
                OfflineAccess.DROPPED,
                WhenEmpty.ISSUED,
                TokenForm.DEFAULT,
                OptionalInt.empty());
    }

    public TokenNarrowing withRequestedScopes(Optional<Set<String>> requested) {
        return new TokenNarrowing(server, requested, offlineAccess, whenEmpty, form, maxLifetimeSeconds);
    }

    /**
     * The same for a person who signs in: a request that names none of the server's scopes gets the default ones of the
     * client that the server owns, as an application asked for that knows of no server yet.
     */
    public TokenNarrowing withScopesOrDefaults(Optional<Set<String>> requested) {
        return withRequestedScopes(requested.map(names -> names.stream().anyMatch(server::owns)
                ? names
                : Stream.concat(names.stream(), server.scopes().stream()).collect(Collectors.toUnmodifiableSet())));
    }

    public TokenNarrowing with(OfflineAccess fate) {
        return new TokenNarrowing(server, requestedScopes, fate, whenEmpty, form, maxLifetimeSeconds);
    }

    public TokenNarrowing with(WhenEmpty fate) {
        return new TokenNarrowing(server, requestedScopes, offlineAccess, fate, form, maxLifetimeSeconds);
    }

    public TokenNarrowing with(TokenForm other) {
        return new TokenNarrowing(server, requestedScopes, offlineAccess, whenEmpty, other, maxLifetimeSeconds);
    }

    public TokenNarrowing withMaxLifetime(int seconds) {
        return new TokenNarrowing(server, requestedScopes, offlineAccess, whenEmpty, form, OptionalInt.of(seconds));
    }

    /**
     * The bounds of both, for policies that decide together on a token for this server: only scopes that both leave, the
     * shorter lifetime, and offline access and tokens without a scope only where both allow them. The form stays.
     */
    TokenNarrowing and(TokenNarrowing other) {
        return new TokenNarrowing(
                server,
                requestedScopes
                        .map(scopes -> other.requestedScopes()
                                .map(others -> scopes.stream()
                                        .filter(others::contains)
                                        .collect(Collectors.toUnmodifiableSet()))
                                .orElse(scopes))
                        .or(other::requestedScopes),
                offlineAccess == OfflineAccess.KEPT ? other.offlineAccess() : offlineAccess,
                whenEmpty == WhenEmpty.ISSUED ? other.whenEmpty() : whenEmpty,
                form,
                shorter(maxLifetimeSeconds, other.maxLifetimeSeconds()));
    }

    private static OptionalInt shorter(OptionalInt one, OptionalInt other) {
        return IntStream.concat(one.stream(), other.stream()).min();
    }

    /**
     * True when a client scope takes part in the token.
     *
     * @param name the scope's name
     * @param includedInTokenScope false for scopes that only carry mappers; they always take part
     */
    public boolean keeps(String name, boolean includedInTokenScope) {
        return !includedInTokenScope || mayAppear(name);
    }

    /** True when a name may appear in the token's {@code scope}. */
    public boolean mayAppear(String name) {
        return switch (name) {
            case OPENID -> true;
            case OFFLINE_ACCESS -> offlineAccess == OfflineAccess.KEPT;
            default ->
                server.owns(name)
                        && requestedScopes
                                .map(requested -> requested.contains(name))
                                .orElse(true);
        };
    }

    /** The {@code scope} claim without the names that may not appear, order kept. */
    public String scopeClaim(String scope) {
        return names(scope).filter(this::mayAppear).distinct().collect(Collectors.joining(" "));
    }

    /** True when a granted {@code scope} holds at least one scope of the server. */
    public boolean grantsAnythingIn(String scope) {
        return names(scope).anyMatch(name -> server.owns(name) && mayAppear(name));
    }

    /** The {@code aud} claim. */
    public List<String> audience() {
        return form.includesClientId()
                ? List.of(server.resourceUrl(), server.clientId())
                : List.of(server.resourceUrl());
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

    private static Stream<String> names(String scope) {
        return Arrays.stream(scope.split("\\s+")).filter(name -> !name.isEmpty());
    }
}

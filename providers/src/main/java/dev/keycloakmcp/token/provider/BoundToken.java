package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.TokenForm;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.McpSuspension;
import dev.keycloakmcp.resource.McpServer;
import dev.keycloakmcp.resource.ResourceIndicator;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import dev.keycloakmcp.support.ScopeParameter;
import java.util.Optional;
import java.util.Set;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.representations.AccessToken;

/**
 * Tokens that are bound to an MCP server. They say so themselves, by the claim {@link DelegationClaims#RESOURCE}, whatever
 * becomes of the server.
 */
public final class BoundToken {

    private static final String ACCEPTED = BoundToken.class.getName() + ".accepted";

    private BoundToken() {}

    /** From now on Keycloak takes bound tokens in this request, for an answer that concerns their MCP server only. */
    public static void accept(KeycloakSession session) {
        session.setAttribute(ACCEPTED, Boolean.TRUE);
    }

    /** True when a token, or the access token that came with an ID token, was bound to an MCP server when it was issued. */
    public static boolean isBound(KeycloakSession session, AccessToken token) {
        // A token that says so stays bound when its realm gives up its policies.
        Optional<String> resource = DelegationClaims.resource(token);
        return McpRealm.isOptedIn(session)
                ? resource.isPresent() || EarlierToken.isBound(session, token)
                // In a realm that has none, any mapper may write a claim of that name.
                : resource.filter(
                                url -> firstAudience(token).filter(url::equals).isPresent())
                        .isPresent();
    }

    /** The MCP server that a token is bound to; absent where it is gone since. */
    public static Optional<McpServer> server(KeycloakSession session, AccessToken token) {
        return resource(session, token).flatMap(url -> registered(session, url));
    }

    /**
     * True when Keycloak's own interfaces, such as the admin REST API, may take a token. They look at the roles of its user,
     * not at the token's: so not where it is for an MCP server, nor where a suspended client is behind it.
     */
    public static boolean isForKeycloak(KeycloakSession session, AccessToken token) {
        return session.getAttribute(ACCEPTED) != null
                || !isBound(session, token) && !McpSuspension.isBehind(session, token);
    }

    /** The MCP server that an access token is for; absent where it is gone since, and for tokens of other kinds. */
    static Optional<McpServer> target(KeycloakSession session, AccessToken token) {
        return audience(session, token).flatMap(url -> registered(session, url));
    }

    /** The bounds of an access token, for answers that have to say the same; absent where it is not bound. */
    static Optional<TokenNarrowing> narrowing(KeycloakSession session, AccessToken token) {
        Optional<String> resource = audience(session, token);
        return resource.flatMap(url -> registered(session, url))
                .or(() -> DelegationClaims.resource(token).isPresent()
                        ? resource.flatMap(url -> asIssued(session, url, token))
                        : Optional.empty())
                .map(server -> TokenNarrowing.to(server)
                        .withRequestedScopes(Optional.of(scopes(token)))
                        .with(TokenNarrowing.OfflineAccess.KEPT)
                        .with(new TokenForm(
                                token.getAudience().length > 1
                                        ? TokenForm.AudienceForm.RESOURCE_AND_CLIENT_ID
                                        : TokenForm.AudienceForm.RESOURCE,
                                TokenForm.Profile.KEYCLOAK)));
    }

    static Optional<String> firstAudience(AccessToken token) {
        String[] audience = token.getAudience();
        return audience == null || audience.length == 0 ? Optional.empty() : Optional.of(audience[0]);
    }

    private static Optional<String> resource(KeycloakSession session, AccessToken token) {
        return McpRealm.isOptedIn(session)
                ? DelegationClaims.resource(token).or(() -> EarlierToken.resource(session, token))
                : Optional.empty();
    }

    /** Refresh and ID tokens are bound as well, but for somebody else. */
    private static Optional<String> audience(KeycloakSession session, AccessToken token) {
        return resource(session, token)
                .filter(url -> firstAudience(token).filter(url::equals).isPresent());
    }

    private static Optional<McpServer> registered(KeycloakSession session, String url) {
        return ResourceIndicator.parse(url)
                .map(McpServerRegistry.of(session)::claiming)
                .filter(claiming -> claiming.size() == 1)
                .map(claiming -> claiming.get(0))
                .filter(server -> server.resourceUrl().equals(url));
    }

    /** The server as a token knows it, where it is disabled, moved or claimed by several clients since. */
    private static Optional<McpServer> asIssued(KeycloakSession session, String url, AccessToken token) {
        String clientId =
                token.getResourceAccess().keySet().stream().findFirst().orElse("");
        String id = Optional.ofNullable(session.getContext().getRealm().getClientByClientId(clientId))
                .map(ClientModel::getId)
                .orElse("");
        return ResourceIndicator.parse(url)
                .map(indicator -> new McpServer(id, clientId, url, indicator, scopes(token)));
    }

    private static Set<String> scopes(AccessToken token) {
        return ScopeParameter.names(token.getScope()).orElse(Set.of());
    }
}

package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.resource.McpServers;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakSession;

/**
 * The client scopes of no MCP server, such as {@code profile} and {@code email}. A token that is bound to a server leaves
 * them out; the ID token of a sign-in, which is for the client alone, holds their claims.
 */
public final class IdentityScopes {

    /** The grants by which a person signs in, just now or some time ago. */
    private static final Set<String> SIGN_IN = Set.of(
            OAuth2Constants.AUTHORIZATION_CODE,
            OAuth2Constants.DEVICE_CODE_GRANT_TYPE,
            OAuth2Constants.CIBA_GRANT_TYPE,
            OAuth2Constants.PASSWORD,
            OAuth2Constants.REFRESH_TOKEN);

    private IdentityScopes() {}

    /** True for a scope that no token shows which is for an MCP server. */
    public static boolean hold(ClientScopeModel scope, McpServers servers) {
        return !(scope instanceof ClientModel)
                && scope.isIncludeInTokenScope()
                && !OAuth2Constants.OFFLINE_ACCESS.equals(scope.getName())
                && !servers.isMcpScope(scope.getName());
    }

    /**
     * True when a scope takes part in the ID token of a token request. A refresh token names those of its login, as far as
     * they were granted.
     */
    public static boolean takePart(KeycloakSession session, TokenNarrowing narrowing, ClientScopeModel scope) {
        @Nullable String grant = TokenParameters.grantType(session);
        Set<String> requested = narrowing.requestedScopes().orElse(Set.of());
        return grant != null
                && SIGN_IN.contains(grant)
                && requested.contains(OAuth2Constants.SCOPE_OPENID)
                && (!OAuth2Constants.REFRESH_TOKEN.equals(grant) || requested.contains(scope.getName()))
                && hold(scope, McpServerRegistry.of(session));
    }
}

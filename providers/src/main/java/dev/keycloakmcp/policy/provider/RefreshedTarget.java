package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.resource.McpServer;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.representations.RefreshToken;

/** The MCP server that the refresh token of the request is bound to. */
public final class RefreshedTarget {

    private RefreshedTarget() {}

    /** True at a refresh by a token that is bound to the server. */
    public static boolean is(KeycloakSession session, McpServer server) {
        if (!OAuth2Constants.REFRESH_TOKEN.equals(TokenParameters.grantType(session))) {
            return false; // Other grants do not look at the token, which may be anybody's.
        }
        String token = TokenParameters.first(session, OAuth2Constants.REFRESH_TOKEN);
        RefreshToken used = token == null ? null : session.tokens().decode(token, RefreshToken.class);
        return used != null
                && DelegationClaims.resource(used)
                        .filter(server.resourceUrl()::equals)
                        .isPresent();
    }
}

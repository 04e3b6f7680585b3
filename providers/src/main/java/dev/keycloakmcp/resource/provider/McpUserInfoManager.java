package dev.keycloakmcp.resource.provider;

import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.representations.AccessToken;

/**
 * What userinfo says in realms that use MCP policies: by the scopes of the access token, as far as it is bound to a
 * server, and about actors nothing but what the actor mapper says.
 */
final class McpUserInfoManager extends TokenManager {

    @Override
    public AccessToken transformUserInfoAccessToken(
            KeycloakSession session,
            AccessToken bearerToken,
            AccessToken userInfo,
            UserSessionModel userSession,
            ClientSessionContext clientSessionCtx) {
        if (McpSuspension.isBehind(session, bearerToken, userSession.getUser())) {
            throw McpSuspension.refusal();
        }
        AccessToken claims = super.transformUserInfoAccessToken(
                session,
                bearerToken,
                userInfo,
                userSession,
                BoundToken.narrowing(session, bearerToken)
                        .<ClientSessionContext>map(
                                narrowing -> new NarrowedClientSessionContext(session, clientSessionCtx, narrowing))
                        .orElse(clientSessionCtx));
        if (McpRealm.isOptedIn(session.getContext().getRealm())) {
            DelegationClaims.restrict(claims, McpRequest.of(session).vouched());
        }
        return claims;
    }
}

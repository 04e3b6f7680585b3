package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.McpSuspension;
import dev.keycloakmcp.policy.provider.VouchedClaims;
import java.util.Optional;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.JsonWebToken;

/**
 * Userinfo in realms that use MCP policies: claims by the scopes of the access token, as far as it is bound to a
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
        if (McpSuspension.isBehind(session, bearerToken)) {
            throw McpSuspension.refusal();
        }
        Optional<TokenNarrowing> bound = BoundToken.narrowing(session, bearerToken);
        AccessToken claims = super.transformUserInfoAccessToken(
                session,
                bearerToken,
                userInfo,
                userSession,
                bound.<ClientSessionContext>map(narrowing ->
                                new NarrowedClientSessionContext(session, clientSessionCtx, narrowing, scope -> false))
                        .orElseGet(() -> SettledMappers.of(session, clientSessionCtx)));
        bound.ifPresent(narrowing -> {
            TokenClaims.restrictRoles(claims, narrowing);
            TokenClaims.limitRoles(session, claims, bearerToken);
            if (claims.getSubject() == null && maySubjectBeOfOptionalScope(session, clientSessionCtx)) {
                claims.getOtherClaims().putIfAbsent(JsonWebToken.SUBJECT, bearerToken.getSubject());
            }
        });
        if (McpRealm.isOptedIn(session)) {
            DelegationClaims.restrict(claims, VouchedClaims.of(session).claims());
            TokenClaims.issue(claims, bearerToken.getIssuedFor());
        }
        return claims;
    }

    /** The token does not name the scopes that it was narrowed by, whose mapper may hide the id of the user. */
    private static boolean maySubjectBeOfOptionalScope(KeycloakSession session, ClientSessionContext context) {
        return context.getClientSession().getClient().getClientScopes(false).values().stream()
                .anyMatch(scope -> MappedClaim.isWrittenBy(session, scope, JsonWebToken.SUBJECT));
    }
}

package dev.keycloakmcp.registration.provider;

import org.keycloak.models.KeycloakSession;
import org.keycloak.models.utils.RealmModelDelegate;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.protocol.oidc.grants.OAuth2GrantType;
import org.keycloak.protocol.oidc.refresh.RefreshTokenContext;

/** A refresh in a realm that revokes refresh tokens, without Keycloak's own rotation: one of the two is enough. */
final class UnrotatedRefresh extends OAuth2GrantType.Context {

    private UnrotatedRefresh(KeycloakSession session, OAuth2GrantType.Context original, TokenManager tokenManager) {
        super(
                session,
                original.getClientConfig(),
                original.getClientAuthAttributes(),
                original.getFormParams(),
                original.getEvent(),
                original.getCors(),
                tokenManager);
        this.realm = new RealmModelDelegate(original.getRealm()) {
            @Override
            public boolean isRevokeRefreshToken() {
                return false;
            }
        };
    }

    /** The same refresh; as it is where the realm does not revoke refresh tokens. */
    static RefreshTokenContext of(KeycloakSession session, RefreshTokenContext context) {
        OAuth2GrantType.Context grant = context.grantContext();
        return grant.getRealm().isRevokeRefreshToken()
                ? new RefreshTokenContext(
                        context.oldRefreshToken(),
                        new UnrotatedRefresh(session, grant, context.tokenManager()),
                        context.grant(),
                        context.tokenManager(),
                        context.scopeParameter(),
                        context.resourceParameter())
                : context;
    }
}

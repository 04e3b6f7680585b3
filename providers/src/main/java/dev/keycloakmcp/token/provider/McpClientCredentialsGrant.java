package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.provider.TokenConstraints;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.Constants;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.protocol.oidc.grants.ClientCredentialsGrantType;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.managers.UserSessionManager;
import org.keycloak.services.util.DefaultClientSessionContext;

/** Keycloak's client credentials grant, without the refresh token and the session that a policy refused. */
final class McpClientCredentialsGrant extends ClientCredentialsGrantType {

    @Override
    protected boolean useRefreshToken() {
        return super.useRefreshToken() && TokenConstraints.of(session).isRefreshTokenAllowed();
    }

    @Override
    protected TokenManager.AccessTokenResponseBuilder createTokenResponseBuilder(
            UserModel user,
            UserSessionModel userSession,
            ClientSessionContext clientSessionCtx,
            @Nullable String scopeParam,
            Function<TokenManager.AccessTokenResponseBuilder, ClientPolicyContext> clientPolicyContextGenerator) {
        if (useRefreshToken()
                || userSession.getPersistenceState() == UserSessionModel.SessionPersistenceState.TRANSIENT) {
            return super.createTokenResponseBuilder(
                    user, userSession, clientSessionCtx, scopeParam, clientPolicyContextGenerator);
        }
        // Keycloak kept a session for the refresh token that a policy refused: the token lives without one.
        UserSessionModel alone = withoutPersistence(user, userSession);
        AuthenticatedClientSessionModel clientSession = session.sessions().createClientSession(realm, client, alone);
        clientSessionCtx.getClientSession().getNotes().forEach(clientSession::setNote);
        ClientSessionContext transientCtx =
                DefaultClientSessionContext.fromClientSessionAndScopeParameter(clientSession, scopeParam, session);
        transientCtx.setAttribute(Constants.GRANT_TYPE, context.getGrantType());
        return super.createTokenResponseBuilder(user, alone, transientCtx, scopeParam, clientPolicyContextGenerator);
    }

    private UserSessionModel withoutPersistence(UserModel user, UserSessionModel kept) {
        session.sessions().removeUserSession(realm, kept);
        UserSessionModel alone = new UserSessionManager(session)
                .createUserSession(
                        KeycloakModelUtils.generateId(),
                        realm,
                        user,
                        kept.getLoginUsername(),
                        kept.getIpAddress(),
                        kept.getAuthMethod(),
                        false,
                        null,
                        null,
                        UserSessionModel.SessionPersistenceState.TRANSIENT);
        kept.getNotes().forEach(alone::setNote);
        return alone;
    }
}

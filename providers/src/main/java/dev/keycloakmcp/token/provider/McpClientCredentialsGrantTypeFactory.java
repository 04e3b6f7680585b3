package dev.keycloakmcp.token.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.policy.provider.McpRequest;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.protocol.oidc.grants.ClientCredentialsGrantType;
import org.keycloak.protocol.oidc.grants.ClientCredentialsGrantTypeFactory;
import org.keycloak.protocol.oidc.grants.OAuth2GrantType;
import org.keycloak.protocol.oidc.grants.OAuth2GrantTypeFactory;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.managers.UserSessionManager;
import org.keycloak.services.util.DefaultClientSessionContext;

/** Client credentials grant (RFC 6749 4.4) with tokens narrowed to their target. */
@AutoService(OAuth2GrantTypeFactory.class)
public final class McpClientCredentialsGrantTypeFactory extends ClientCredentialsGrantTypeFactory {

    @Override
    public OAuth2GrantType create(KeycloakSession session) {
        return new Grant(session);
    }

    @Override
    public int order() {
        return super.order() + McpGrants.PRECEDENCE;
    }

    private static final class Grant extends ClientCredentialsGrantType {

        private final KeycloakSession requestSession;

        Grant(KeycloakSession session) {
            this.requestSession = session;
        }

        @Override
        public Response process(Context context) {
            return super.process(McpGrants.prepare(context));
        }

        @Override
        public boolean isTokenAllowed(KeycloakSession session, AccessToken token) {
            return super.isTokenAllowed(session, token) && BoundToken.isForKeycloak(session, token);
        }

        @Override
        public Set<String> getSupportedMultivaluedRequestParameters() {
            return McpGrants.multivalued(requestSession, super.getSupportedMultivaluedRequestParameters());
        }

        @Override
        protected boolean useRefreshToken() {
            return super.useRefreshToken() && McpRequest.of(requestSession).isRefreshTokenAllowed();
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
            AuthenticatedClientSessionModel clientSession =
                    session.sessions().createClientSession(realm, client, alone);
            clientSessionCtx.getClientSession().getNotes().forEach(clientSession::setNote);
            ClientSessionContext context =
                    DefaultClientSessionContext.fromClientSessionAndScopeParameter(clientSession, scopeParam, session);
            context.setAttribute(Constants.GRANT_TYPE, this.context.getGrantType());
            return super.createTokenResponseBuilder(user, alone, context, scopeParam, clientPolicyContextGenerator);
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
}

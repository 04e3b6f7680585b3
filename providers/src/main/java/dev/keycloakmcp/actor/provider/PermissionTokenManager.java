package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.token.provider.SettledMappers;
import jakarta.ws.rs.core.Response;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.protocol.oidc.grants.OAuth2GrantType;
import org.keycloak.protocol.oidc.token.TokenInterceptorException;
import org.keycloak.representations.AccessTokenResponse;
import org.keycloak.services.CorsErrorResponseException;
import org.keycloak.services.cors.Cors;

/** Makes requesting party tokens, which say of which grant they are: Keycloak asks it whether they may be used. */
final class PermissionTokenManager extends TokenManager {

    private final PermissionRequest request;
    private final OAuth2GrantType.Context grant;

    PermissionTokenManager(PermissionRequest request, OAuth2GrantType.Context grant) {
        this.request = request;
        this.grant = grant;
    }

    @Override
    public AccessTokenResponseBuilder responseBuilder(
            RealmModel realm,
            ClientModel client,
            EventBuilder event,
            KeycloakSession session,
            UserSessionModel userSession,
            ClientSessionContext clientSessionCtx) {
        request.checkToken();
        clientSessionCtx.setAttribute(Constants.GRANT_TYPE, grant.getGrantType());
        ClientSessionContext settled = SettledMappers.of(session, clientSessionCtx);
        return new Builder(realm, client, event, session, userSession, settled, this, grant.getCors());
    }

    private static final class Builder extends AccessTokenResponseBuilder {

        private final Cors cors;

        Builder(
                RealmModel realm,
                ClientModel client,
                EventBuilder event,
                KeycloakSession session,
                UserSessionModel userSession,
                ClientSessionContext clientSessionCtx,
                TokenManager tokenManager,
                Cors cors) {
            super(realm, client, event, session, userSession, clientSessionCtx, tokenManager);
            this.cors = cors;
        }

        // Keycloak answers 500 here to what it answers with the error at all other grants.
        @Override
        public AccessTokenResponse build() {
            try {
                return super.build();
            } catch (TokenInterceptorException e) {
                throw new CorsErrorResponseException(
                        cors, e.getError(), e.getDescription(), Response.Status.BAD_REQUEST);
            }
        }
    }
}

package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.VouchedClaims;
import jakarta.ws.rs.core.Response;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.protocol.oidc.OIDCProviderConfig;
import org.keycloak.protocol.oidc.utils.OIDCResponseType;
import org.keycloak.sessions.AuthenticationSessionModel;

/** Ends a sign-in. Tokens of the authorization endpoint are made without a token manager that could be replaced. */
final class McpLoginProtocol extends OIDCLoginProtocol {

    McpLoginProtocol(OIDCProviderConfig config) {
        super(config);
    }

    @Override
    public Response authenticated(
            AuthenticationSessionModel authSession,
            UserSessionModel userSession,
            ClientSessionContext clientSessionCtx) {
        if (!McpRealm.isOptedIn(session)) {
            return super.authenticated(authSession, userSession, clientSessionCtx);
        }
        String responseType = authSession.getClientNote(RESPONSE_TYPE_PARAM);
        if (responseType != null && OIDCResponseType.parse(responseType).hasResponseType(OIDCResponseType.CODE)) {
            clientSessionCtx.setAttribute(DelegationClaims.HYBRID_FLOW, true);
        }
        BoundLogin.share(authSession, clientSessionCtx.getClientSession());
        BoundLogin.resource(authSession)
                .ifPresent(url -> VouchedClaims.of(session).vouch(DelegationClaims.RESOURCE, url));
        return super.authenticated(authSession, userSession, new GuardedClientSessionContext(clientSessionCtx));
    }
}

package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.provider.DecisionEvents;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.McpSuspension;
import dev.keycloakmcp.policy.provider.SignedInLogin;
import dev.keycloakmcp.policy.provider.TokenConstraints;
import dev.keycloakmcp.policy.provider.VouchedClaims;
import dev.keycloakmcp.resource.provider.ServerClientId;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.Constants;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.protocol.oidc.OIDCProviderConfig;
import org.keycloak.protocol.oidc.utils.OIDCResponseType;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * Ends a sign-in, unless the client was suspended since it began. Tokens of the authorization endpoint are made without a token
 * manager that could be replaced.
 */
final class McpLoginProtocol extends OIDCLoginProtocol {

    McpLoginProtocol(OIDCProviderConfig config) {
        super(config);
    }

    /** Keycloak asks this of a browser that somebody is signed in at, before any page. */
    @Override
    public boolean requireReauthentication(UserSessionModel signedIn, AuthenticationSessionModel authSession) {
        boolean required = super.requireReauthentication(signedIn, authSession);
        if (!required && McpRealm.isOptedIn(session)) {
            SignedInLogin.note(signedIn, authSession);
        }
        return required;
    }

    @Override
    public Response authenticated(
            AuthenticationSessionModel authSession,
            UserSessionModel userSession,
            ClientSessionContext clientSessionCtx) {
        if (!McpRealm.isOptedIn(session)) {
            return super.authenticated(authSession, userSession, clientSessionCtx);
        }
        if (McpSuspension.isSuspended(session, authSession.getClient())) {
            // Of the refusal alone: that the user signed in is true.
            DecisionEvents.error(event.clone(), ReasonCode.CLIENT_SUSPENDED, McpSuspension.CLIENT_DETAIL);
            return sendError(authSession, Error.CONSENT_DENIED, McpSuspension.CLIENT_DETAIL);
        }
        if (ServerClientId.isAnothers(session, authSession.getClient())) {
            // Of the refusal alone: that the user signed in is true.
            DecisionEvents.error(event.clone(), ReasonCode.CLIENT_ID_OF_SERVER, ServerClientId.DETAIL);
            return sendError(authSession, Error.CONSENT_DENIED, ServerClientId.DETAIL);
        }
        ReportedLogin.tell(session, authSession, event);
        String responseType = authSession.getClientNote(RESPONSE_TYPE_PARAM);
        // Keycloak asks the grant of a token whether an interface may take it, and tokens of the authorization endpoint
        // have none. Those beside a code are of the same sign-in as those for the code.
        boolean besideCode =
                responseType != null && OIDCResponseType.parse(responseType).hasResponseType(OIDCResponseType.CODE);
        clientSessionCtx.setAttribute(
                Constants.GRANT_TYPE, besideCode ? OAuth2Constants.AUTHORIZATION_CODE : OAuth2Constants.PASSWORD);
        if (responseType == null || !OIDCResponseType.parse(responseType).hasResponseType(OIDCResponseType.TOKEN)) {
            // Keycloak makes an access token all the same, for its hash in the ID token.
            TokenConstraints.of(session).keepInside(true);
        }
        BoundLogin.share(authSession, clientSessionCtx.getClientSession());
        Optional<String> resource = BoundLogin.resource(authSession);
        resource.ifPresent(url -> VouchedClaims.of(session).vouch(DelegationClaims.RESOURCE, url));
        // Its ID token says what one says that comes with the token for the server.
        return super.authenticated(
                authSession,
                userSession,
                new GuardedClientSessionContext(
                        resource.isPresent()
                                ? SettledMappers.ofBound(session, clientSessionCtx)
                                : SettledMappers.of(session, clientSessionCtx)));
    }
}

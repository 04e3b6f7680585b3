package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.policy.provider.TokenConstraints;
import dev.keycloakmcp.policy.provider.TokenParameters;
import dev.keycloakmcp.policy.provider.VouchedClaims;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.UriInfo;
import org.keycloak.OAuthErrorException;
import org.keycloak.common.ClientConnection;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.AccessTokenResponse;
import org.keycloak.representations.IDToken;
import org.keycloak.representations.RefreshToken;
import org.keycloak.services.cors.Cors;

/**
 * Makes tokens as MCP policies decided: refuses where they deny, and narrows the client scopes that take part before any
 * protocol mapper runs. Without a verdict it is Keycloak's own.
 */
final class McpTokenManager extends TokenManager {

    private final McpTokenNarrower narrower;
    private final Rfc9068Header header;

    McpTokenManager(KeycloakSession session, EventBuilder event, Cors cors, boolean severalTargets) {
        this.narrower = new McpTokenNarrower(session, event, cors, severalTargets);
        this.header = new Rfc9068Header(session);
    }

    @Override
    public TokenValidation validateToken(
            KeycloakSession session,
            UriInfo uriInfo,
            ClientConnection connection,
            RealmModel realm,
            RefreshToken oldToken,
            HttpHeaders headers,
            String oldTokenScope)
            throws OAuthErrorException {
        TokenConstraints.of(session).expireBy(DelegationClaims.notAfter(oldToken));
        if (DelegationClaims.isExchanged(oldToken)) {
            // An ID token can be asked for permissions with, so that it keeps the chain as well.
            DelegationClaims.in(oldToken).forEach(VouchedClaims.of(session)::vouch);
        }
        KeptBinding.of(session, oldToken, oldTokenScope);
        narrower.settle();
        TokenValidation validation =
                super.validateToken(session, uriInfo, connection, realm, oldToken, headers, oldTokenScope);
        return new TokenValidation(
                validation.user, validation.userSession, narrower.narrow(validation.clientSessionCtx));
    }

    @Override
    public AccessToken createClientAccessToken(
            KeycloakSession session,
            RealmModel realm,
            ClientModel client,
            UserModel user,
            UserSessionModel userSession,
            ClientSessionContext clientSessionCtx,
            boolean isOffline) {
        ClientSessionContext narrowed = narrower.narrow(clientSessionCtx);
        narrower.denyWithoutScope(narrowed);
        narrower.denyWithoutConsent(user, narrowed);
        narrower.settle();
        AccessToken token =
                super.createClientAccessToken(session, realm, client, user, userSession, narrowed, isOffline);
        narrower.made(token, narrowed);
        return token;
    }

    @Override
    public AccessTokenResponseBuilder responseBuilder(
            RealmModel realm,
            ClientModel client,
            EventBuilder event,
            KeycloakSession session,
            UserSessionModel userSession,
            ClientSessionContext clientSessionCtx) {
        if (clientSessionCtx.getAttribute(Constants.GRANT_TYPE, String.class) == null && McpRealm.isOptedIn(session)) {
            // Keycloak's first version of the exchange does not say so, and then nobody asks whether the token may be
            // used.
            clientSessionCtx.setAttribute(Constants.GRANT_TYPE, TokenParameters.grantType(session));
        }
        return new McpResponseBuilder(
                realm, client, event, session, userSession, narrower.narrow(clientSessionCtx), this, narrower, header);
    }

    // The first step of a response after its tokens are signed.
    @Override
    public AccessTokenResponse transformAccessTokenResponse(
            KeycloakSession session,
            AccessTokenResponse response,
            UserSessionModel userSession,
            ClientSessionContext clientSessionCtx) {
        header.signed();
        return super.transformAccessTokenResponse(session, response, userSession, clientSessionCtx);
    }

    // An offline refresh replaces the context of the response builder with one that is not narrowed.
    @Override
    public IDToken transformIDToken(
            KeycloakSession session,
            IDToken token,
            UserSessionModel userSession,
            ClientSessionContext clientSessionCtx) {
        ClientSessionContext settled = narrower.ofIdToken(clientSessionCtx);
        IDToken transformed = super.transformIDToken(session, token, userSession, settled);
        if (McpRealm.isOptedIn(session)) {
            McpRequest request = McpRequest.of(session);
            VouchedClaims vouched = VouchedClaims.of(session);
            SettledMappers.vouchWhoMayAct(session, settled, transformed);
            request.narrowing()
                    .map(narrowing -> narrowing.server().resourceUrl())
                    .ifPresent(url -> vouched.vouch(DelegationClaims.RESOURCE, url));
            DelegationClaims.restrict(transformed, vouched.claims());
            TokenClaims.issue(transformed, transformed.getIssuedFor());
            DelegationClaims.expire(transformed, TokenConstraints.of(session).notAfter());
            request.narrowing()
                    .filter(narrowing -> narrowing.maxLifetimeSeconds().isPresent())
                    .ifPresent(
                            narrowing -> transformed.exp(narrowing.expiry(transformed.getExp(), transformed.getIat())));
        }
        return transformed;
    }
}

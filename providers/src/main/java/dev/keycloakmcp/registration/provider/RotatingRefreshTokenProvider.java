package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.provider.DecisionEvents;
import dev.keycloakmcp.policy.provider.McpRefusal;
import dev.keycloakmcp.support.provider.ClusterLock;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.UriInfo;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuthErrorException;
import org.keycloak.common.ClientConnection;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.protocol.oidc.grants.OAuth2GrantType;
import org.keycloak.protocol.oidc.refresh.DefaultRefreshTokenProvider;
import org.keycloak.protocol.oidc.refresh.DefaultRefreshTokenProviderFactory;
import org.keycloak.protocol.oidc.refresh.InitialRefreshTokenContext;
import org.keycloak.protocol.oidc.refresh.RefreshTokenContext;
import org.keycloak.representations.RefreshToken;

/**
 * Refreshes by {@link RefreshTokenFamilies}. Keycloak's own reuse detection ends a login when a client refreshes twice at
 * once; this one ends it when a token comes back that was replaced long ago.
 */
final class RotatingRefreshTokenProvider extends DefaultRefreshTokenProvider {

    RotatingRefreshTokenProvider(KeycloakSession session) {
        super(session);
    }

    @Override
    public boolean supports(InitialRefreshTokenContext context) {
        return super.supports(context)
                && rotates(context.clientSessionCtx().getClientSession().getClient());
    }

    @Override
    public RefreshToken generateRefreshToken(InitialRefreshTokenContext context) {
        RefreshToken token = super.generateRefreshToken(context);
        RefreshTokenFamilies.issue(token, context.responseBuilder().getAccessToken());
        return token;
    }

    @Override
    public boolean supports(RefreshTokenContext context) {
        @Nullable String provider = context.oldRefreshToken().getProvider();
        return super.supports(context)
                && (provider == null || DefaultRefreshTokenProviderFactory.PROVIDER_ID.equals(provider))
                && rotates(context.grantContext().getClient());
    }

    @Override
    public TokenManager.AccessTokenResponseBuilder refreshAccessToken(RefreshTokenContext context)
            throws OAuthErrorException {
        session.sessions(); // writes what it knows before the lock is released, as it is asked for first
        ClusterLock.of(session)
                .hold(
                        "mcp-refresh:" + RefreshTokenFamilies.idOf(context.oldRefreshToken()),
                        () -> refuseConcurrent(context.grantContext()));
        return super.refreshAccessToken(UnrotatedRefresh.of(session, context));
    }

    @Override
    protected TokenManager.TokenValidation validateToken(
            KeycloakSession session,
            UriInfo uriInfo,
            ClientConnection connection,
            RealmModel realm,
            RefreshToken oldToken,
            HttpHeaders headers,
            String scope,
            ClientModel client,
            TokenManager tokenManager,
            EventBuilder event)
            throws OAuthErrorException {
        TokenManager.TokenValidation validation = super.validateToken(
                session, uriInfo, connection, realm, oldToken, headers, scope, client, tokenManager, event);
        RefreshTokenFamilies families = new RefreshTokenFamilies(validation.clientSessionCtx.getClientSession());
        switch (families.use(oldToken)) {
            case REUSED -> {
                families.end(oldToken, session.revokedTokens());
                throw refusal(
                        event,
                        ReasonCode.REFRESH_TOKEN_REUSED,
                        "The refresh token was used before; the login is over, as it may have been stolen");
            }
            case FORGOTTEN ->
                throw refusal(
                        event,
                        ReasonCode.REFRESH_TOKEN_FORGOTTEN,
                        "The refresh token is of a login that is over, as many others came after it");
            case FIRST, AGAIN -> {
                // served
            }
        }
        return validation;
    }

    private static OAuthErrorException refusal(EventBuilder event, ReasonCode reason, String detail) {
        DecisionEvents.outcome(event, Outcome.DENY, reason);
        return new OAuthErrorException(OAuthErrorException.INVALID_GRANT, detail);
    }

    @Override
    protected void afterRefreshTokenGenerated(
            RefreshTokenContext context, TokenManager.AccessTokenResponseBuilder response) {
        super.afterRefreshTokenGenerated(context, response);
        @Nullable RefreshToken newToken = response.getRefreshToken();
        if (newToken == null) {
            return;
        }
        new RefreshTokenFamilies(response.getClientSessionCtx().getClientSession())
                .replaced(context.oldRefreshToken(), newToken, response.getAccessToken());
    }

    private WebApplicationException refuseConcurrent(OAuth2GrantType.Context grant) {
        return McpRefusal.of(
                session,
                grant.getEvent(),
                grant.getCors(),
                ReasonCode.CONCURRENT_REQUEST,
                "The token is being refreshed; try again, or use the newest one.");
    }

    private static boolean rotates(@Nullable ClientModel client) {
        return client != null
                && client.isPublicClient()
                && Provenance.rulesOf(client.getRealm(), client).isPresent();
    }
}

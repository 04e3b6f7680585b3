package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.McpEventDetails;
import dev.keycloakmcp.policy.provider.McpRefusal;
import dev.keycloakmcp.registration.RefreshTokenFamily;
import dev.keycloakmcp.support.provider.ClusterLock;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.UriInfo;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuthErrorException;
import org.keycloak.common.ClientConnection;
import org.keycloak.common.util.Time;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.RealmModelDelegate;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.protocol.oidc.grants.OAuth2GrantType;
import org.keycloak.protocol.oidc.refresh.DefaultRefreshTokenProvider;
import org.keycloak.protocol.oidc.refresh.DefaultRefreshTokenProviderFactory;
import org.keycloak.protocol.oidc.refresh.InitialRefreshTokenContext;
import org.keycloak.protocol.oidc.refresh.RefreshTokenContext;
import org.keycloak.representations.RefreshToken;

/**
 * Refreshes by {@link RefreshTokenFamily}. Keycloak's own reuse detection ends a login when a client refreshes twice at
 * once; this one ends it when a token comes back that was replaced long ago.
 */
final class RotatingRefreshTokenProvider extends DefaultRefreshTokenProvider {

    /** Claim of refreshed tokens: the id of the token that the login started with. */
    static final String FAMILY = "mcp_family";

    private static final String NOTE = "mcp.refresh.";
    /** Logins of one client in one session that are remembered. */
    private static final int MOST_FAMILIES = 20;

    RotatingRefreshTokenProvider(KeycloakSession session) {
        super(session);
    }

    /** First tokens are Keycloak's: they need nothing special. */
    @Override
    public boolean supports(InitialRefreshTokenContext context) {
        return false;
    }

    @Override
    public boolean supports(RefreshTokenContext context) {
        @Nullable String provider = context.oldRefreshToken().getProvider();
        return super.supports(context)
                && (provider == null || DefaultRefreshTokenProviderFactory.PROVIDER_ID.equals(provider))
                && rotates(context.grantContext());
    }

    @Override
    public TokenManager.AccessTokenResponseBuilder refreshAccessToken(RefreshTokenContext context)
            throws OAuthErrorException {
        session.sessions(); // writes what it knows before the lock is released, as it is asked for first
        ClusterLock.of(session)
                .hold(
                        "mcp-refresh:" + family(context.oldRefreshToken()),
                        () -> refuseConcurrent(context.grantContext()));
        return super.refreshAccessToken(
                context.grantContext().getRealm().isRevokeRefreshToken() ? withoutKeycloaksRotation(context) : context);
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
        AuthenticatedClientSessionModel login = validation.clientSessionCtx.getClientSession();
        boolean reused = remembered(login, oldToken)
                .filter(family -> family.use(oldToken.getId(), Time.currentTime()) == RefreshTokenFamily.Use.REUSED)
                .isPresent();
        if (reused) {
            event.detail(McpEventDetails.DECISION, "deny")
                    .detail(McpEventDetails.REASON, ReasonCode.REFRESH_TOKEN_REUSED.code());
            login.detachFromUserSession();
            throw new OAuthErrorException(
                    OAuthErrorException.INVALID_GRANT,
                    "The refresh token was used before; the login is over, as it may have been stolen");
        }
        return validation;
    }

    @Override
    protected void afterRefreshTokenGenerated(
            RefreshTokenContext context, TokenManager.AccessTokenResponseBuilder response) {
        super.afterRefreshTokenGenerated(context, response);
        @Nullable RefreshToken newToken = response.getRefreshToken();
        if (newToken == null) {
            return;
        }
        RefreshToken oldToken = context.oldRefreshToken();
        AuthenticatedClientSessionModel login = response.getClientSessionCtx().getClientSession();
        newToken.setOtherClaims(FAMILY, family(oldToken));
        RefreshTokenFamily family = remembered(login, oldToken).orElseGet(() -> {
            forgetOldFamilies(login);
            return RefreshTokenFamily.startingWith(oldToken.getId(), oldToken.getIat());
        });
        login.setNote(
                NOTE + family(oldToken),
                family.refreshed(oldToken.getId(), newToken.getId(), Time.currentTime())
                        .write());
    }

    private WebApplicationException refuseConcurrent(OAuth2GrantType.Context grant) {
        ReasonCode reason = ReasonCode.CONCURRENT_REQUEST;
        return McpRefusal.of(
                session,
                grant.getEvent().detail(McpEventDetails.DECISION, "deny").detail(McpEventDetails.REASON, reason.code()),
                grant.getCors(),
                reason,
                "The token is being refreshed; try again, or use the newest one.");
    }

    private static boolean rotates(OAuth2GrantType.Context grant) {
        @Nullable ClientModel client = grant.getClient();
        return client != null
                && client.isPublicClient()
                && Provenance.rulesOf(grant.getRealm(), client).isPresent();
    }

    private static String family(RefreshToken token) {
        return token.getOtherClaims().get(FAMILY) instanceof String family ? family : token.getId();
    }

    private static Optional<RefreshTokenFamily> remembered(AuthenticatedClientSessionModel login, RefreshToken token) {
        return RefreshTokenFamily.read(login.getNote(NOTE + family(token)));
    }

    private static void forgetOldFamilies(AuthenticatedClientSessionModel login) {
        login.getNotes().entrySet().stream()
                .filter(note -> note.getKey().startsWith(NOTE))
                .sorted(Comparator.<Map.Entry<String, String>, Long>comparing(
                        note -> -RefreshTokenFamily.read(note.getValue())
                                .map(RefreshTokenFamily::lastRefresh)
                                .orElse(0L)))
                .skip(MOST_FAMILIES - 1L)
                .map(Map.Entry::getKey)
                .toList()
                .forEach(login::removeNote);
    }

    private RefreshTokenContext withoutKeycloaksRotation(RefreshTokenContext context) {
        return new RefreshTokenContext(
                context.oldRefreshToken(),
                new NotRotating(session, context.grantContext(), context.tokenManager()),
                context.grant(),
                context.tokenManager(),
                context.scopeParameter(),
                context.resourceParameter());
    }

    private static final class NotRotating extends OAuth2GrantType.Context {

        NotRotating(KeycloakSession session, OAuth2GrantType.Context original, TokenManager tokenManager) {
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
    }
}

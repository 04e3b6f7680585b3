package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.TokenContent;
import dev.keycloakmcp.policy.TokenLoss;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.policy.provider.IdentityScopes;
import dev.keycloakmcp.policy.provider.TokenConstraints;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.IDToken;
import org.keycloak.representations.JsonWebToken;

/**
 * The tokens that a request would get if policies that only report were enforced. They are made as those are that it gets,
 * within the bounds, compared with them, and thrown away.
 */
final class ShadowToken {

    /** Claims that are of each token its own, and those that the bounds have set. */
    private static final Set<String> OWN =
            Set.of(JsonWebToken.AUD, "jti", "iat", "exp", "scope", "realm_access", "resource_access");

    private static final Logger LOG = Logger.getLogger(ShadowToken.class);

    /** The name by which the loss of the refresh token is told. */
    static final String REFRESH_TOKEN = "refresh_token";

    private final KeycloakSession session;
    private final ClientSessionContext full;
    private final NarrowedClientSessionContext narrowed;
    private final TokenNarrowing narrowing;
    private final Map<String, Object> made;

    private ShadowToken(
            KeycloakSession session, ClientSessionContext full, TokenNarrowing narrowing, Map<String, Object> made) {
        this.session = session;
        this.full = full;
        this.narrowing = narrowing;
        this.narrowed = narrowed(session, full, narrowing);
        this.made = made;
    }

    /**
     * Begins with an access token whose mappers ran.
     *
     * @param full the session that it was made for
     */
    static ShadowToken of(
            KeycloakSession session, ClientSessionContext full, TokenNarrowing narrowing, AccessToken token) {
        return new ShadowToken(session, full, narrowing, AnsweredClaims.of(token));
    }

    /** A session within bounds. */
    static NarrowedClientSessionContext narrowed(
            KeycloakSession session, ClientSessionContext full, TokenNarrowing narrowing) {
        return new NarrowedClientSessionContext(
                session,
                new TargetAudienceContext(full, narrowing.server().id()),
                narrowing,
                scope -> IdentityScopes.takePart(session, narrowing, scope));
    }

    /** The loss, compared with the tokens as they are issued. */
    TokenLoss loss(AccessToken issued, @Nullable IDToken idToken, boolean hasRefreshToken) {
        Map<String, Object> now = AnsweredClaims.of(issued);
        AccessToken shadow = accessToken();
        // Without a refresh token there is no session either.
        boolean alone = hasRefreshToken && TokenConstraints.of(session).wouldWithholdRefreshToken();
        if (alone || issued.getSessionId() == null) {
            shadow.setSessionId(null);
        }
        Map<String, Object> narrow = AnsweredClaims.of(shadow);
        now.forEach((claim, value) -> {
            // Written after the mappers, such as the proof of a key.
            if (!OWN.contains(claim) && !Objects.equals(value, made.get(claim))) {
                narrow.put(claim, value);
            }
        });
        made.keySet().stream().filter(claim -> !now.containsKey(claim)).forEach(narrow::remove);
        if (alone) {
            now.put(REFRESH_TOKEN, true);
        }
        return TokenLoss.between(
                TokenContent.of(now, idToken == null ? Map.of() : AnsweredClaims.of(idToken), userInfo(issued)),
                TokenContent.of(
                        narrow,
                        idToken == null ? Map.of() : AnsweredClaims.of(idToken(idToken, shadow.getSessionId())),
                        userInfo(shadow)));
    }

    private AccessToken accessToken() {
        UserSessionModel login = full.getClientSession().getUserSession();
        AccessToken shadow = new TokenManager()
                .createClientAccessToken(
                        session,
                        login.getRealm(),
                        full.getClientSession().getClient(),
                        login.getUser(),
                        login,
                        narrowed,
                        narrowed.isOfflineTokenRequested());
        TokenClaims.bind(narrowing, shadow, narrowed);
        return shadow;
    }

    private IDToken idToken(IDToken issued, @Nullable String sessionId) {
        IDToken shadow = new IDToken();
        shadow.id(issued.getId());
        shadow.type(issued.getType());
        shadow.subject(issued.getSubject());
        shadow.audience(issued.getAudience());
        shadow.iat(issued.getIat());
        shadow.exp(issued.getExp());
        shadow.issuedFor(issued.getIssuedFor());
        shadow.issuer(issued.getIssuer());
        shadow.setNonce(issued.getNonce());
        shadow.setSessionId(sessionId);
        shadow.setAcr(issued.getAcr());
        shadow.setAccessTokenHash(issued.getAccessTokenHash());
        IDToken transformed = new TokenManager()
                .transformIDToken(
                        session, shadow, full.getClientSession().getUserSession(), new IdTokenContext(narrowed));
        TokenClaims.issue(transformed, transformed.getIssuedFor());
        return transformed;
    }

    private Map<String, Object> userInfo(AccessToken token) {
        return AnsweredClaims.userInfoIfAny(session, full.getClientSession(), token);
    }

    /** A part of what is only made to be compared. No mapper that fails at it may fail the request. */
    static <T> T harmless(Supplier<T> part, T otherwise) {
        try {
            return part.get();
        } catch (RuntimeException e) {
            LOG.warnf("What a token would lose is not known for certain: %s", e);
            return otherwise;
        }
    }
}

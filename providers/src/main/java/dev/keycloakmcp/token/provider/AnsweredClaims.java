package dev.keycloakmcp.token.provider;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.keycloakmcp.policy.TokenNarrowing;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.keycloak.jose.jws.JWSInput;
import org.keycloak.jose.jws.JWSInputException;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.JsonWebToken;
import org.keycloak.services.managers.UserSessionManager;
import org.keycloak.services.util.DefaultClientSessionContext;
import org.keycloak.util.JsonSerialization;
import org.keycloak.util.TokenUtil;

/** The claims of tokens, and of the answers that Keycloak gives to who has them, as JSON. */
public final class AnsweredClaims {

    private static final TypeReference<Map<String, Object>> CLAIMS = new TypeReference<>() {};

    private AnsweredClaims() {}

    public static Map<String, Object> of(JsonWebToken token) {
        return new HashMap<>(JsonSerialization.mapper.convertValue(token, CLAIMS));
    }

    /** The claims of a signed token; none of one that is encrypted as well. */
    public static Map<String, Object> of(@Nullable String encoded) {
        try {
            return encoded == null
                    ? Map.of()
                    : JsonSerialization.mapper.readValue(new JWSInput(encoded).getContent(), CLAIMS);
        } catch (JWSInputException | IOException e) {
            return Map.of();
        }
    }

    /** Those of userinfo; none where Keycloak could not answer, as some mappers write what it cannot. */
    public static Map<String, Object> userInfoIfAny(
            KeycloakSession session, AuthenticatedClientSessionModel login, AccessToken token) {
        return ShadowToken.harmless(() -> userInfo(session, login, token), Map.of());
    }

    /** The claims of userinfo by an access token; empty where it is not for that. */
    private static Map<String, Object> userInfo(
            KeycloakSession session, AuthenticatedClientSessionModel login, AccessToken token) {
        if (!TokenUtil.hasScope(token.getScope(), TokenNarrowing.OPENID)) {
            return Map.of();
        }
        AuthenticatedClientSessionModel asking = token.getSessionId() == null ? alone(session, login) : login;
        TokenManager manager = new McpUserInfoManager();
        return manager.generateUserInfoClaims(
                manager.transformUserInfoAccessToken(
                        session,
                        token,
                        new AccessToken(),
                        asking.getUserSession(),
                        DefaultClientSessionContext.fromClientSessionAndScopeParameter(
                                asking, token.getScope(), session)),
                asking.getUserSession().getUser());
    }

    /** Of a token without a session Keycloak makes one for the answer, which knows nothing of the request for the token. */
    private static AuthenticatedClientSessionModel alone(
            KeycloakSession session, AuthenticatedClientSessionModel login) {
        UserSessionModel known = login.getUserSession();
        UserSessionModel alone = new UserSessionManager(session)
                .createUserSession(
                        KeycloakModelUtils.generateId(),
                        known.getRealm(),
                        known.getUser(),
                        known.getLoginUsername(),
                        known.getIpAddress(),
                        known.getAuthMethod(),
                        false,
                        null,
                        null,
                        UserSessionModel.SessionPersistenceState.TRANSIENT);
        return session.sessions().createClientSession(known.getRealm(), login.getClient(), alone);
    }
}

package dev.keycloakmcp.token.provider;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.keycloakmcp.policy.TokenNarrowing;
import java.util.HashMap;
import java.util.Map;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.JsonWebToken;
import org.keycloak.services.util.DefaultClientSessionContext;
import org.keycloak.util.JsonSerialization;
import org.keycloak.util.TokenUtil;

/** The claims of tokens, and of the answers that Keycloak gives to who has them, as JSON. */
final class AnsweredClaims {

    private static final TypeReference<Map<String, Object>> CLAIMS = new TypeReference<>() {};

    private AnsweredClaims() {}

    static Map<String, Object> of(JsonWebToken token) {
        return new HashMap<>(JsonSerialization.mapper.convertValue(token, CLAIMS));
    }

    /** The claims of userinfo by an access token; empty where it is not for that. */
    static Map<String, Object> userInfo(
            KeycloakSession session, AuthenticatedClientSessionModel login, AccessToken token) {
        if (!TokenUtil.hasScope(token.getScope(), TokenNarrowing.OPENID)) {
            return Map.of();
        }
        UserModel user = login.getUserSession().getUser();
        TokenManager manager = new McpUserInfoManager();
        return manager.generateUserInfoClaims(
                manager.transformUserInfoAccessToken(
                        session,
                        token,
                        new AccessToken(),
                        login.getUserSession(),
                        DefaultClientSessionContext.fromClientSessionAndScopeParameter(
                                login, token.getScope(), session)),
                user);
    }
}

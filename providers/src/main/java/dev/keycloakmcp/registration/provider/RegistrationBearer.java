package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.McpRefusal;
import dev.keycloakmcp.support.provider.TokenHeader;
import dev.keycloakmcp.token.provider.BoundToken;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.Optional;
import org.keycloak.models.KeycloakSession;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.managers.AppAuthManager;
import org.keycloak.util.TokenUtil;

/**
 * Tokens at Keycloak's own registration endpoints. Where an access token holds no roles, Keycloak goes by all roles that its
 * client and user have: so it must be a token for Keycloak.
 */
final class RegistrationBearer {

    private RegistrationBearer() {}

    /** Refuses other tokens, in realms that use MCP policies (RFC 6750 section 3.1). */
    static void require(KeycloakSession session) {
        if (McpRegistration.isGuarded(session) && lacksAlgorithm(session)) {
            throw McpRefusal.invalidToken("The bearer token is not valid.");
        }
        if (!McpRealm.isOptedIn(session)) {
            return;
        }
        boolean refused = Optional.ofNullable(AppAuthManager.extractAuthorizationHeaderTokenOrReturnNull(
                        session.getContext().getRequestHeaders()))
                .map(AppAuthManager.AuthHeader::getToken)
                .map(encoded -> session.tokens().decode(encoded, AccessToken.class))
                .filter(token -> isRefused(session, token))
                .isPresent();
        if (refused) {
            throw McpRefusal.invalidToken("The token is not for Keycloak.");
        }
    }

    /** True when the token of the request is one that Keycloak fails to verify; it takes all that follows the scheme. */
    static boolean lacksAlgorithm(KeycloakSession session) {
        return Optional.ofNullable(session.getContext()
                        .getRequestHeaders()
                        .getRequestHeaders()
                        .getFirst(HttpHeaders.AUTHORIZATION))
                .map(header -> header.substring(header.indexOf(' ') + 1))
                .filter(TokenHeader::lacksAlgorithm)
                .isPresent();
    }

    private static boolean isRefused(KeycloakSession session, AccessToken token) {
        return TokenUtil.TOKEN_TYPE_BEARER.equals(token.getType()) && !BoundToken.isForKeycloak(session, token);
    }
}

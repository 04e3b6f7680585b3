package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.resource.McpServer;
import java.util.Optional;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.representations.RefreshToken;

/** The MCP server that the refresh token of the request is bound to. */
public final class RefreshedTarget {

    /**
     * Private claim of refresh tokens that policies in report mode would have bound: the URI of the server. It binds nothing
     * while they only report, and tells for which server the login was once they are enforced.
     */
    private static final String REPORTED = "mcp_reported_resource";

    private RefreshedTarget() {}

    /** True at a refresh by a token that is bound to the server. */
    public static boolean is(KeycloakSession session, McpServer server) {
        return used(session)
                .flatMap(DelegationClaims::resource)
                .filter(server.resourceUrl()::equals)
                .isPresent();
    }

    /** The URI of the server of the login that is refreshed, also where policies only reported it. */
    public static Optional<String> ofLogin(KeycloakSession session) {
        return used(session).flatMap(RefreshedTarget::ofLogin);
    }

    /** The URI of the server that a refresh token is bound to, or would be if policies had been enforced. */
    static Optional<String> ofLogin(RefreshToken token) {
        return DelegationClaims.resource(token)
                .or(() -> Optional.ofNullable(token.getOtherClaims().get(REPORTED))
                        .filter(String.class::isInstance)
                        .map(String.class::cast));
    }

    /** Makes a refresh token say to which server it would be bound. */
    public static void report(RefreshToken token, String resourceUrl) {
        token.getOtherClaims().put(REPORTED, resourceUrl);
    }

    private static Optional<RefreshToken> used(KeycloakSession session) {
        if (!OAuth2Constants.REFRESH_TOKEN.equals(TokenParameters.grantType(session))) {
            return Optional.empty(); // Other grants do not look at the token, which may be anybody's.
        }
        return TokenParameters.token(session, OAuth2Constants.REFRESH_TOKEN, RefreshToken.class);
    }
}

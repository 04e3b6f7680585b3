package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.RequestEvent;
import dev.keycloakmcp.support.provider.TokenHeader;
import dev.keycloakmcp.token.provider.BoundToken;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuthErrorException;
import org.keycloak.events.Errors;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.grants.PermissionGrantType;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.CorsErrorResponseException;
import org.keycloak.services.managers.AppAuthManager;

/**
 * A requesting party token (UMA 2.0) is of the same user and the same actors as the token that asks for it. As it holds the
 * roles of the user at the client that it is for, none is made of a token that is bound to an MCP server; the server may
 * ask what the user may do there.
 */
final class McpPermissionGrant extends PermissionGrantType {

    private @Nullable PermissionRequest asked;

    @Override
    public Response process(Context grant) {
        RequestEvent.of(grant.getSession()).use(grant.getEvent());
        if (!McpRealm.isOptedIn(grant.getSession())) {
            return super.process(grant);
        }
        requireAlgorithm(grant);
        asked = new PermissionRequest(grant);
        asked.check();
        return super.process(new Context(
                grant.getSession(),
                grant.getClientConfig(),
                grant.getClientAuthAttributes(),
                grant.getFormParams(),
                grant.getEvent(),
                grant.getCors(),
                new PermissionTokenManager(asked, grant)));
    }

    /** Refuses a bearer token that Keycloak fails to verify, as it refuses others. */
    private static void requireAlgorithm(Context grant) {
        AppAuthManager.AuthHeader header =
                AppAuthManager.extractAuthorizationHeaderTokenOrReturnNull(grant.getHeaders());
        if (header != null && TokenHeader.lacksAlgorithm(header.getToken())) {
            grant.getEvent().error(Errors.INVALID_TOKEN);
            throw new CorsErrorResponseException(
                    grant.getCors(),
                    OAuthErrorException.INVALID_GRANT,
                    "Invalid bearer token",
                    Response.Status.BAD_REQUEST);
        }
    }

    /** Called where no bearer token says who asks, before anything is made. */
    @Override
    protected void checkClient() {
        super.checkClient();
        if (asked != null) {
            asked.checkClient(client);
        }
    }

    /** A requesting party token with a suspended client behind it is not for Keycloak's own interfaces. */
    @Override
    public boolean isTokenAllowed(KeycloakSession current, AccessToken token) {
        return super.isTokenAllowed(current, token) && BoundToken.isForKeycloak(current, token);
    }
}

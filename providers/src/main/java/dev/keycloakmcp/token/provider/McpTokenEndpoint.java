package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.decision.OAuthErrors;
import dev.keycloakmcp.decision.TokenErrors;
import dev.keycloakmcp.policy.provider.McpRealm;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.protocol.oidc.endpoints.TokenEndpoint;
import org.keycloak.protocol.oidc.utils.WebOriginsUtils;
import org.keycloak.services.CorsErrorResponseException;
import org.keycloak.services.ErrorResponseException;
import org.keycloak.services.cors.Cors;

/**
 * Keycloak's token endpoint, whose refusals of MCP clients are all OAuth errors (RFC 6749 section 5.2) that a page of an
 * allowed origin can read, whichever of Keycloak's classes refuses.
 */
final class McpTokenEndpoint extends TokenEndpoint {

    private final KeycloakSession session;

    McpTokenEndpoint(KeycloakSession session, EventBuilder event) {
        super(session, new TokenManager(), event);
        this.session = session;
    }

    @Override
    public Response processGrantRequest() {
        try {
            return super.processGrantRequest();
        } catch (WebApplicationException e) {
            throw readable(e);
        }
    }

    private WebApplicationException readable(WebApplicationException refusal) {
        @Nullable ClientModel client = session.getContext().getClient();
        if (client != null && McpRealm.mode(session, client).isEmpty()) {
            return refusal;
        }
        Cors cors =
                Cors.builder().auth().allowedMethods(HttpMethod.POST).exposedHeaders(Cors.ACCESS_CONTROL_ALLOW_METHODS);
        if (refusal instanceof ForbiddenException) {
            // Keycloak's answer to pages of other origins, which read nothing of it.
            return new CorsErrorResponseException(
                    cors, OAuthErrors.ACCESS_DENIED, "Invalid origin", Response.Status.FORBIDDEN);
        }
        allowOrigin(cors, client);
        cors.add();
        return inOAuth(refusal, cors);
    }

    /** As Keycloak does where nobody authenticated: everybody may know that. */
    private void allowOrigin(Cors cors, @Nullable ClientModel client) {
        @Nullable String origin = session.getContext().getRequestHeaders().getHeaderString(Cors.ORIGIN_HEADER);
        if (client == null) {
            cors.allowAllOrigins();
        } else if (origin != null
                && WebOriginsUtils.resolveValidWebOrigins(session, client).contains(origin)) {
            cors.checkAllowedOrigins(session, client);
        }
    }

    private static WebApplicationException inOAuth(WebApplicationException refusal, Cors cors) {
        if (refusal instanceof CorsErrorResponseException keycloaks && keycloaks.getMessage() != null) {
            return inOAuth(refusal, keycloaks.getMessage(), keycloaks.getErrorDescription(), cors);
        }
        return refusal instanceof ErrorResponseException keycloaks && keycloaks.getError() != null
                ? inOAuth(refusal, keycloaks.getError(), keycloaks.getErrorDescription(), cors)
                : refusal;
    }

    private static WebApplicationException inOAuth(
            WebApplicationException refusal, String code, @Nullable String description, Cors cors) {
        String oauth = TokenErrors.inOAuth(code);
        return oauth.equals(code)
                ? refusal
                : new CorsErrorResponseException(
                        cors,
                        oauth,
                        description,
                        // Where Keycloak takes back what it stored so far, it does so when it is asked for the
                        // response.
                        Response.Status.fromStatusCode(refusal.getResponse().getStatus()));
    }
}

package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.decision.OAuthErrors;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.support.provider.ClusterLock;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.KeycloakSession;
import org.keycloak.representations.idm.OAuth2ErrorRepresentation;
import org.keycloak.services.CorsErrorResponseException;
import org.keycloak.services.ErrorResponseException;
import org.keycloak.services.cors.Cors;

/** Answers to what a policy denied, at the token endpoint (RFC 6749 section 5.2) and where tokens are used. */
public final class McpRefusal {

    private McpRefusal() {}

    /** Writes the error event and makes the answer, for the caller to throw. */
    public static CorsErrorResponseException of(
            KeycloakSession session, EventBuilder event, Cors cors, ReasonCode reason, String detail) {
        DecisionEvents.error(event, reason, detail);
        return new CorsErrorResponseException(cors, reason.error(), detail, status(session, reason));
    }

    /**
     * Stores nothing of a request that is refused after its tokens were made: no event of a success, no row of a token. The
     * event of the refusal has a transaction of its own.
     */
    public static void undo(KeycloakSession session) {
        session.getTransactionManager().setRollbackOnly();
    }

    /** The answer to who uses a token where it is not taken (RFC 6750 section 3.1). */
    public static WebApplicationException invalidToken(String detail) {
        return new ErrorResponseException(Response.status(Response.Status.UNAUTHORIZED)
                .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"" + OAuthErrors.INVALID_TOKEN + "\"")
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(new OAuth2ErrorRepresentation(OAuthErrors.INVALID_TOKEN, detail))
                .build());
    }

    private static Response.Status status(KeycloakSession session, ReasonCode reason) {
        if (OAuthErrors.TEMPORARILY_UNAVAILABLE.equals(reason.error())) {
            session.getContext()
                    .getHttpResponse()
                    .setHeader(HttpHeaders.RETRY_AFTER, Integer.toString(ClusterLock.RETRY_SECONDS));
            return Response.Status.SERVICE_UNAVAILABLE;
        }
        if (!OAuthErrors.INVALID_CLIENT.equals(reason.error())) {
            return Response.Status.BAD_REQUEST;
        }
        if (session.getContext().getRequestHeaders().getHeaderString(HttpHeaders.AUTHORIZATION) != null) {
            session.getContext()
                    .getHttpResponse()
                    .setHeader(
                            HttpHeaders.WWW_AUTHENTICATE,
                            "Basic realm=\"" + session.getContext().getRealm().getName() + "\"");
        }
        return Response.Status.UNAUTHORIZED;
    }
}

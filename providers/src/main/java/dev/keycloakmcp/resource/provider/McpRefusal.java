package dev.keycloakmcp.resource.provider;

import dev.keycloakmcp.decision.OAuthErrors;
import dev.keycloakmcp.decision.ReasonCode;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import org.keycloak.events.Details;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.CorsErrorResponseException;
import org.keycloak.services.cors.Cors;

/** How the token endpoint answers what a policy denied (RFC 6749 section 5.2). */
public final class McpRefusal {

    private McpRefusal() {}

    /** Writes the error event and makes the answer, for the caller to throw. */
    public static CorsErrorResponseException of(
            KeycloakSession session, EventBuilder event, Cors cors, ReasonCode reason, String detail) {
        event.detail(Details.REASON, detail);
        event.error(reason.error());
        return new CorsErrorResponseException(cors, reason.error(), detail, status(session, reason));
    }

    private static Response.Status status(KeycloakSession session, ReasonCode reason) {
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

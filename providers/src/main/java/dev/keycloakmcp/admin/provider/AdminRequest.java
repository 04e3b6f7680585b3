package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.decision.OAuthErrors;
import dev.keycloakmcp.support.provider.ClusterLock;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.Set;
import org.keycloak.OAuthErrorException;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.ErrorResponseException;
import org.keycloak.services.resources.admin.AdminEventBuilder;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;

/**
 * A call of the admin resource.
 *
 * @param session of the request
 * @param realm the realm that it is about
 * @param auth what the caller may do
 * @param adminEvent the event that tells of it
 */
record AdminRequest(
        KeycloakSession session, RealmModel realm, AdminPermissionEvaluator auth, AdminEventBuilder adminEvent) {

    /** The parameters of the query, of which no others than these are taken. */
    QueryParameters parameters(String... known) {
        return new QueryParameters(session, Set.of(known));
    }

    /** Refuses any parameter of the query. */
    void requireNoParameters() {
        var none = parameters();
    }

    /** The answer to what cannot be read. */
    static ErrorResponseException invalid(String problem) {
        return refused(Response.Status.BAD_REQUEST, OAuthErrorException.INVALID_REQUEST, problem);
    }

    /** A refusal as OAuth words it, and as the Admin Console reads it. */
    static ErrorResponseException refused(Response.Status status, String error, String problem) {
        return new ErrorResponseException(Response.status(status)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(Map.of("error", error, "error_description", problem, "errorMessage", problem))
                .build());
    }

    /** The same with a reason for scripts. */
    static ErrorResponseException refused(Response.Status status, String error, String problem, String reason) {
        return new ErrorResponseException(Response.status(status)
                .type(MediaType.APPLICATION_JSON_TYPE)
                .entity(Map.of("error", error, "error_description", problem, "errorMessage", problem, "reason", reason))
                .build());
    }

    /** The refusal where somebody else changes the same at the moment. */
    static ErrorResponseException busy(String problem) {
        ErrorResponseException refused =
                refused(Response.Status.SERVICE_UNAVAILABLE, OAuthErrors.TEMPORARILY_UNAVAILABLE, problem);
        return new ErrorResponseException(Response.fromResponse(refused.getResponse())
                .header(HttpHeaders.RETRY_AFTER, ClusterLock.RETRY_SECONDS)
                .build());
    }

    /** The event of a change; nothing is written before {@code success()}. */
    AdminEventBuilder event(ResourceType type, OperationType operation) {
        return adminEvent
                .resource(type)
                .operation(operation)
                .resourcePath(session.getContext().getUri());
    }

    /** An event of its own for Keycloak's resources of clients, which change the one that they are given. */
    AdminEventBuilder clientEvent() {
        return adminEvent.clone(session);
    }
}

package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.OAuthErrors;
import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.provider.DecisionEvents;
import dev.keycloakmcp.support.provider.ClusterLock;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.representations.idm.OAuth2ErrorRepresentation;
import org.keycloak.services.ErrorResponseException;

/** Refusals as RFC 7591 3.2.2 and RFC 6750 3 answer them, with the event that says why. Nothing is stored. */
final class RegistrationRefusal {

    private final KeycloakSession session;
    private final EventBuilder event;
    private final RealmModel realm;

    RegistrationRefusal(KeycloakSession session, EventBuilder event, RealmModel realm) {
        this.session = session;
        this.event = event;
        this.realm = realm;
    }

    /** The value of an allowed decision; throws the answer to a denied one. */
    <T> T valueOf(Decision<T> decision) {
        return decision.orElseThrow(deny -> refuse(deny.reason(), deny.detail()));
    }

    WebApplicationException refuse(ReasonCode reason, String detail) {
        return refuse(reason, reason.error(), detail);
    }

    /**
     * Refuses with another error code than that of the reason.
     *
     * @param error the OAuth error code
     */
    WebApplicationException refuse(ReasonCode reason, String error, String detail) {
        return new ErrorResponseException(answer(reason, error, detail).build());
    }

    /**
     * Refuses what would be fine at another time (RFC 6585 4).
     *
     * @param seconds when to try again
     */
    WebApplicationException refuseForNow(ReasonCode reason, String detail, int seconds) {
        return new ErrorResponseException(answer(reason, reason.error(), detail)
                .header(HttpHeaders.RETRY_AFTER, seconds)
                .build());
    }

    /** Another request is changing the client, and takes long. */
    WebApplicationException refuseConcurrent() {
        return refuseForNow(
                ReasonCode.CONCURRENT_REQUEST,
                "another request is changing the client; try again",
                ClusterLock.RETRY_SECONDS);
    }

    private Response.ResponseBuilder answer(ReasonCode reason, String error, String detail) {
        if (event.getEvent().getType() == EventType.CLIENT_REGISTER) {
            RegistrationMetrics.count(session, realm, RegistrationMetrics.REFUSED, reason);
        }
        DecisionEvents.error(event, reason, error, detail);
        Response.ResponseBuilder response = Response.status(status(error))
                .type(MediaType.APPLICATION_JSON_TYPE)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .entity(new OAuth2ErrorRepresentation(error, detail));
        if (OAuthErrors.INVALID_TOKEN.equals(error)) {
            response.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer error=\"" + error + "\"");
        }
        return response;
    }

    /** Names the reason in the event that somebody else may send. */
    void announce(ReasonCode reason) {
        DecisionEvents.outcome(event, Outcome.DENY, reason);
    }

    private static Response.Status status(String error) {
        return switch (error) {
            case OAuthErrors.INVALID_TOKEN -> Response.Status.UNAUTHORIZED;
            case OAuthErrors.INSUFFICIENT_SCOPE, OAuthErrors.ACCESS_DENIED -> Response.Status.FORBIDDEN;
            case OAuthErrors.TOO_MANY_REQUESTS -> Response.Status.TOO_MANY_REQUESTS;
            case OAuthErrors.TEMPORARILY_UNAVAILABLE -> Response.Status.SERVICE_UNAVAILABLE;
            default -> Response.Status.BAD_REQUEST;
        };
    }
}

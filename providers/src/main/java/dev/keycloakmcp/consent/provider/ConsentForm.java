package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.support.provider.ClusterLock;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;
import org.keycloak.authentication.AuthenticationProcessor;
import org.keycloak.http.HttpRequest;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.ErrorPageException;
import org.keycloak.services.messages.Messages;
import org.keycloak.sessions.AuthenticationSessionModel;

/** The form of the consent page. */
final class ConsentForm {

    private static final String ACTION = "/login-actions/consent";
    private static final String CANCEL = "cancel";
    private static final String SHOWN = "mcp_shown";

    private ConsentForm() {}

    /**
     * True when this request is the yes of a person. Keycloak looks up the consent of such a request only after it has
     * checked the browser's cookie and the tab, whose id nobody else knows.
     */
    static boolean isAccepted(KeycloakSession session) {
        HttpRequest request = session.getContext().getHttpRequest();
        return HttpMethod.POST.equals(request.getHttpMethod())
                && session.getContext().getUri().getPath().endsWith(ACTION)
                && !request.getDecodedFormParameters().containsKey(CANCEL);
    }

    /** Keeps what the page says, until it is answered. */
    static void show(KeycloakSession session, ConsentRequest request) {
        request.login().setAuthNote(SHOWN, request.fingerprint(session));
    }

    /** True when the page was shown in this login, and said what an answer means now: servers and settings may change. */
    static boolean wasShown(KeycloakSession session, ConsentRequest request) {
        @Nullable String shown = request.login().getAuthNote(SHOWN);
        return wasShown(request.login()) && (shown == null || shown.equals(request.fingerprint(session)));
    }

    /** True when the page was shown in this login. */
    static boolean wasShown(AuthenticationSessionModel login) {
        return AuthenticationSessionModel.Action.OAUTH_GRANT
                .name()
                .equals(login.getAuthNote(AuthenticationProcessor.CURRENT_AUTHENTICATION_EXECUTION));
    }

    /**
     * Keycloak stores two consents where a person's first yes arrives twice at one instant, as by a double click, and from
     * then on lets that person no more sign in to the client. So the second waits until the first is stored.
     */
    static void awaitOtherAnswers(KeycloakSession session, String userId, String clientId) {
        ClusterLock.of(session).hold("mcp-consent:" + userId + ":" + clientId, () -> tooManyAnswers(session));
    }

    private static ErrorPageException tooManyAnswers(KeycloakSession session) {
        session.getContext()
                .getHttpResponse()
                .setHeader(HttpHeaders.RETRY_AFTER, Integer.toString(ClusterLock.RETRY_SECONDS));
        return new ErrorPageException(session, Response.Status.SERVICE_UNAVAILABLE, Messages.INTERNAL_SERVER_ERROR);
    }
}

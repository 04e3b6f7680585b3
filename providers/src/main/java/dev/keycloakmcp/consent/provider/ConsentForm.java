package dev.keycloakmcp.consent.provider;

import jakarta.ws.rs.HttpMethod;
import org.keycloak.authentication.AuthenticationProcessor;
import org.keycloak.http.HttpRequest;
import org.keycloak.models.KeycloakSession;
import org.keycloak.sessions.AuthenticationSessionModel;

/** The form of the consent page. */
final class ConsentForm {

    private static final String ACTION = "/login-actions/consent";
    private static final String CANCEL = "cancel";

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

    /** True when the page was shown in this login. */
    static boolean wasShown(AuthenticationSessionModel login) {
        return AuthenticationSessionModel.Action.OAUTH_GRANT
                .name()
                .equals(login.getAuthNote(AuthenticationProcessor.CURRENT_AUTHENTICATION_EXECUTION));
    }
}

package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.consent.ConsentSubject;
import dev.keycloakmcp.policy.provider.SignedInLogin;
import org.keycloak.models.KeycloakSession;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * A person's session that an administrator took over. What is allowed there is allowed to the tokens of that session: it
 * spares the person no page, and counts for none of the person's own tokens.
 */
final class TakenOverSession {

    private TakenOverSession() {}

    /** The access that an answer allows; in a session that was taken over, for that session alone. */
    static ConsentSubject bounded(KeycloakSession session, AuthenticationSessionModel login, ConsentSubject subject) {
        // The session that the login ends in has the id of its root, also where it is yet to be made.
        return SignedInLogin.isTakenOver(session, login)
                ? subject.inSession(login.getParentSession().getId())
                : subject;
    }
}

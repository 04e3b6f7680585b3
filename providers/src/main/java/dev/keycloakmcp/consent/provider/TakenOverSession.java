package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.consent.ConsentSubject;
import dev.keycloakmcp.policy.provider.RealmActors;
import java.util.Optional;
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
        String id = login.getParentSession().getId();
        return Optional.ofNullable(session.sessions().getUserSession(login.getRealm(), id))
                .flatMap(taken -> RealmActors.impersonator(login.getRealm(), taken))
                .map(administrator -> subject.inSession(id))
                .orElse(subject);
    }
}

package dev.keycloakmcp.actor.provider;

import java.util.Optional;
import org.keycloak.models.KeycloakSession;
import org.keycloak.representations.AccessToken;

/** The verified subject token of the current exchange, for the mappers that run later in the same request. */
final class SubjectToken {

    private static final String ATTRIBUTE = SubjectToken.class.getName();

    private SubjectToken() {}

    static void remember(KeycloakSession session, AccessToken token) {
        session.setAttribute(ATTRIBUTE, token);
    }

    static Optional<AccessToken> of(KeycloakSession session) {
        return Optional.ofNullable(session.getAttribute(ATTRIBUTE, AccessToken.class));
    }
}

package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.consent.ConsentSubject;
import java.util.Optional;
import java.util.Set;
import org.keycloak.models.KeycloakSession;

/**
 * Why a person who once said yes to a client is asked again, for the page.
 *
 * @param elsewhere whether the earlier answer was for another MCP server or another place
 * @param newScopes what was not allowed before, where it was for the same ones
 */
record AskedAgain(boolean elsewhere, Set<String> newScopes) {

    private static final String ATTRIBUTE = AskedAgain.class.getName();

    static void note(KeycloakSession session, ConsentSubject subject, Set<String> remembered) {
        session.setAttribute(ATTRIBUTE, new AskedAgain(remembered.isEmpty(), subject.newScopes(remembered)));
    }

    static Optional<AskedAgain> of(KeycloakSession session) {
        return Optional.ofNullable(session.getAttribute(ATTRIBUTE, AskedAgain.class));
    }
}

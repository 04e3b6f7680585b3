package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.consent.ConsentSubject;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.KeycloakSession;

/**
 * Why a person who once said yes to a client is asked again, for the page.
 *
 * @param newScopes what was not allowed before, where it was for the same MCP server and place
 */
record AskedAgain(Why why, Set<String> newScopes) {

    /** The reasons, with the names that the theme has for them. */
    enum Why {
        /** The earlier answer was for another MCP server or another place. */
        ELSEWHERE("elsewhere"),
        /** More is asked for, or the same as ever. */
        MORE("more"),
        /** The same is asked for, but for longer. */
        LONGER("longer");

        private final String value;

        Why(String value) {
            this.value = value;
        }

        String value() {
            return value;
        }
    }

    private static final String ATTRIBUTE = AskedAgain.class.getName();

    /** Notes it. The page tells of offline access among its times, not its scopes. */
    static void note(KeycloakSession session, ConsentSubject subject, Set<String> remembered, boolean longEnough) {
        Set<String> newScopes = subject.newScopes(remembered).stream()
                .filter(scope -> !OAuth2Constants.OFFLINE_ACCESS.equals(scope))
                .collect(Collectors.toUnmodifiableSet());
        Why why = longEnough || !newScopes.isEmpty() ? Why.MORE : Why.LONGER;
        session.setAttribute(ATTRIBUTE, new AskedAgain(subject.isNew(remembered) ? Why.ELSEWHERE : why, newScopes));
    }

    static Optional<AskedAgain> of(KeycloakSession session) {
        return Optional.ofNullable(session.getAttribute(ATTRIBUTE, AskedAgain.class));
    }

    /**
     * True when a scope is to be marked as new.
     *
     * @param names of the scope, one for each thing behind a colon
     */
    boolean isNew(Set<String> names) {
        return why != Why.ELSEWHERE && names.stream().anyMatch(newScopes::contains);
    }
}

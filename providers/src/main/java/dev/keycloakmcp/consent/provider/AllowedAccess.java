package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.consent.AllowedTime;
import dev.keycloakmcp.consent.AnswerTarget;
import dev.keycloakmcp.consent.ConsentSubject;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.keycloak.models.ClientModel;

/**
 * The access that a person allowed a client at an MCP server, as token requests ask for it: wherever the answers went.
 *
 * @param server URI of the MCP server
 * @param remembered keys of all that the person allowed the client, with how long
 */
record AllowedAccess(String userId, ClientModel client, String server, Map<String, AllowedTime> remembered) {

    static final String NO_PLACE = "";
    static final String NO_SCOPE = "";

    /** True for a scope that was allowed at this server, or at whichever. */
    boolean holds(String scope) {
        return isAllowedHere(scope) || isAllowedAnywhere(scope);
    }

    /**
     * True when the server was allowed. A yes to whichever server is one to those that understand what the page listed.
     *
     * @param withScope true when a scope of the server is used
     */
    boolean holdsServer(boolean withScope) {
        return isAllowedHere(NO_SCOPE) || withScope && isAllowedAnywhere(NO_SCOPE);
    }

    private boolean isAllowedHere(String scope) {
        return at(NO_PLACE).anywhere().isAllowed(scope, remembered.keySet()) || wasAllowed(scope);
    }

    private boolean isAllowedAnywhere(String scope) {
        return at(NO_PLACE).anywhere().atAnyServer().isAllowed(scope, remembered.keySet());
    }

    /** Rows of earlier versions are of one place each, and do not say for how long. */
    private boolean wasAllowed(String scope) {
        Set<String> earlier = remembered.entrySet().stream()
                .filter(answer -> answer.getValue().equals(AllowedTime.NONE))
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
        return !earlier.isEmpty()
                && client.getRedirectUris().stream()
                        .map(uri -> AnswerTarget.of(uri, RegisteredDomains::of).key())
                        .distinct()
                        .map(this::at)
                        .anyMatch(subject -> subject.isAllowed(scope, earlier));
    }

    private ConsentSubject at(String place) {
        return new ConsentSubject(userId, client.getId(), server, place, Set.of());
    }
}

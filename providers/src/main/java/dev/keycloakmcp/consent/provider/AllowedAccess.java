package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.consent.AllowedTime;
import dev.keycloakmcp.consent.AnswerTarget;
import dev.keycloakmcp.consent.ConsentSubject;
import dev.keycloakmcp.resource.McpServer;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;

/**
 * The access that a person allowed a client at an MCP server, as token requests ask for it: wherever the answers went.
 *
 * @param server URI of the MCP server
 * @param remembered keys of all that the person allowed the client, with how long
 * @param tokenSession the session that the request goes on with
 */
record AllowedAccess(
        String userId,
        ClientModel client,
        String server,
        Map<String, AllowedTime> remembered,
        Optional<TokenSession> tokenSession) {

    static final String NO_PLACE = "";
    static final String NO_SCOPE = "";

    /** All that was allowed, for however long. */
    static AllowedAccess of(
            KeycloakSession session,
            String userId,
            ClientModel client,
            McpServer server,
            Map<String, AllowedTime> all) {
        return new AllowedAccess(userId, client, server.resourceUrl(), all, TokenSession.of(session));
    }

    /** The part of it that was allowed for as long as the session of the request lasts. */
    AllowedAccess longEnough() {
        return tokenSession.map(goesOn -> counting(goesOn::isCoveredBy)).orElse(this);
    }

    /** The part of it that was allowed in sessions of the kind of the request's. */
    AllowedAccess ofItsKind() {
        return tokenSession.map(goesOn -> counting(goesOn::isOfKind)).orElse(this);
    }

    /** The part of it that goes on after the person signed out. */
    AllowedAccess lasting() {
        return counting(allowed -> allowed.offline() > 0);
    }

    private AllowedAccess counting(Predicate<AllowedTime> longEnough) {
        Map<String, AllowedTime> counting = remembered.entrySet().stream()
                .filter(answer -> longEnough.test(answer.getValue()))
                .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
        return new AllowedAccess(userId, client, server, counting, tokenSession);
    }

    /** True for a scope that was allowed at this server, or at whichever. */
    boolean holds(String scope) {
        return isAllowedHere(scope) || isAllowedAnywhere(scope) || isAllowedInSession(scope, true);
    }

    /**
     * True when the server was allowed. A yes to whichever server is one to those that understand what the page listed.
     *
     * @param withScope true when a scope of the server is used that people read of
     */
    boolean holdsServer(boolean withScope) {
        return isAllowedHere(NO_SCOPE)
                || withScope && isAllowedAnywhere(NO_SCOPE)
                || isAllowedInSession(NO_SCOPE, withScope);
    }

    private boolean isAllowedHere(String scope) {
        return at(NO_PLACE).anywhere().isAllowed(scope, remembered.keySet()) || wasAllowed(scope);
    }

    private boolean isAllowedAnywhere(String scope) {
        return at(NO_PLACE).anywhere().atAnyServer().isAllowed(scope, remembered.keySet());
    }

    /** True when it was allowed in a session that an administrator took over, and the request is for a token of that session. */
    private boolean isAllowedInSession(String scope, boolean atAnyServer) {
        return tokenSession
                .map(TokenSession::id)
                .map(at(NO_PLACE)::inSession)
                .filter(here -> here.isAllowed(scope, remembered.keySet())
                        || atAnyServer && here.atAnyServer().isAllowed(scope, remembered.keySet()))
                .isPresent();
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

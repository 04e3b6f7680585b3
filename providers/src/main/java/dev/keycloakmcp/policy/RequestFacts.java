package dev.keycloakmcp.policy;

import dev.keycloakmcp.resource.McpServer;
import dev.keycloakmcp.resource.McpServers;
import dev.keycloakmcp.resource.ResourceIndicator;
import dev.keycloakmcp.resource.TargetRequest;
import dev.keycloakmcp.support.StoredText;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The target and the scopes of a request, as it names them.
 *
 * @param requestedScopes absent where the request named no scope
 * @param hiddenScopes those of the requested scopes that do not show in tokens, as they only bring protocol mappers
 */
public record RequestFacts(TargetRequest target, Optional<Set<String>> requestedScopes, Set<String> hiddenScopes) {

    /** Most characters of an unknown target in an event. */
    static final int MAX_TARGET = 600;

    /** Most characters of requested scopes in an event. */
    static final int MAX_SCOPES = 2000;

    public RequestFacts {
        requestedScopes = requestedScopes.map(Set::copyOf);
        hiddenScopes = Set.copyOf(hiddenScopes);
    }

    /** The first target that the request names, for an event: as registered where it is, else as sent. */
    public Optional<String> namedTarget(McpServers servers) {
        return Stream.of(
                        target.resources(),
                        target.audiences(),
                        target.bound().stream().toList())
                .flatMap(List::stream)
                .findFirst()
                .map(named -> ResourceIndicator.parse(named).map(servers::claiming).stream()
                        .flatMap(List::stream)
                        .findFirst()
                        .map(McpServer::resourceUrl)
                        .orElseGet(() -> StoredText.cut(named, MAX_TARGET)));
    }

    /** The requested scopes for an event; a refresh token holds the hidden ones too, which nobody asked for. */
    public Optional<String> namedScopes() {
        return requestedScopes.map(names -> names.stream()
                .filter(name -> !hiddenScopes.contains(name))
                .sorted()
                .collect(Collectors.collectingAndThen(
                        Collectors.joining(" "), scopes -> StoredText.cut(scopes, MAX_SCOPES))));
    }
}

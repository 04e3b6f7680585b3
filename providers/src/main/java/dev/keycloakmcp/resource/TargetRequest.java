package dev.keycloakmcp.resource;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The parts of a request that tell its target.
 *
 * @param resources the values of {@code resource} as sent (RFC 8707), without those that say nothing
 * @param audiences the values of {@code audience} as sent, where the grant reads it (RFC 8693 2.1): URIs or client ids of
 *     MCP servers, blank ones left out
 * @param bound the URI that the code, refresh token or earlier request is bound to
 * @param scopes the scopes asked for, empty when none were sent
 * @param assignedScopes names of the client scopes assigned to the client, default and optional
 * @param allowedResources the URIs the client may target; absent when it may target every server that owns a scope
 *     assigned to it
 * @param defaultResource the server that the client means where it names neither a server nor a scope of one
 */
public record TargetRequest(
        List<String> resources,
        List<String> audiences,
        Optional<String> bound,
        Set<String> scopes,
        Set<String> assignedScopes,
        Optional<Set<ResourceIndicator>> allowedResources,
        Optional<ResourceIndicator> defaultResource) {

    /** The text of a missing value in JavaScript, which MCP Inspector 0.15 sends when it redeems a code. */
    private static final String UNDEFINED = "undefined";

    public TargetRequest {
        resources = withoutBlank(resources).stream()
                .filter(value -> !value.equals(UNDEFINED))
                .toList();
        audiences = withoutBlank(audiences);
        scopes = Set.copyOf(scopes);
        assignedScopes = Set.copyOf(assignedScopes);
        allowedResources = allowedResources.map(Set::copyOf);
    }

    /** A request of a client without a default. */
    public TargetRequest(
            List<String> resources,
            List<String> audiences,
            Optional<String> bound,
            Set<String> scopes,
            Set<String> assignedScopes,
            Optional<Set<ResourceIndicator>> allowedResources) {
        this(resources, audiences, bound, scopes, assignedScopes, allowedResources, Optional.empty());
    }

    private static List<String> withoutBlank(List<String> values) {
        return values.stream().filter(value -> !value.isBlank()).toList();
    }
}

package dev.keycloakmcp.admin;

import dev.keycloakmcp.resource.ResourceIndicator;
import java.util.Optional;
import java.util.Set;

/**
 * An enabled client with a service account.
 *
 * @param clientId the client id
 * @param scopes names of the client scopes assigned to it, default and optional
 * @param allowedResources the servers it may target; absent where its scopes alone decide
 */
public record AgentFacts(String clientId, Set<String> scopes, Optional<Set<ResourceIndicator>> allowedResources) {

    public AgentFacts {
        scopes = Set.copyOf(scopes);
        allowedResources = allowedResources.map(Set::copyOf);
    }

    boolean mayTarget(ResourceIndicator server) {
        return allowedResources.map(allowed -> allowed.contains(server)).orElse(true);
    }
}

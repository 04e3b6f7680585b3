package dev.keycloakmcp.machine;

import dev.keycloakmcp.resource.TargetRequest;
import java.util.Optional;
import java.util.Set;

/**
 * A client credentials request.
 *
 * @param target what it says about its target
 * @param requestedScopes absent where it named no scope
 * @param defaultScopes names of the client scopes assigned to the agent by default
 * @param dynamicallyRegistered whether the client registered itself
 */
public record MachineRequest(
        TargetRequest target,
        Optional<Set<String>> requestedScopes,
        Set<String> defaultScopes,
        boolean dynamicallyRegistered) {

    public MachineRequest {
        requestedScopes = requestedScopes.map(Set::copyOf);
        defaultScopes = Set.copyOf(defaultScopes);
    }
}

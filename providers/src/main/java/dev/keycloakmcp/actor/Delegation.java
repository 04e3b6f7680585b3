package dev.keycloakmcp.actor;

import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.TokenNarrowing;
import java.util.Optional;

/**
 * Delegated access that a policy allows.
 *
 * @param chain the actors
 * @param narrowing the limits of the token; absent where it is bound to no target
 * @param lifetimeSeconds upper bound for the lifetime of the access token
 */
public record Delegation(ActorChain chain, Optional<TokenNarrowing> narrowing, int lifetimeSeconds) {}

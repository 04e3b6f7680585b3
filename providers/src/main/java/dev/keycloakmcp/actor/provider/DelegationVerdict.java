package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.Delegation;
import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.policy.TokenNarrowing;
import java.util.Optional;

/** A decision on delegated access, as the verdict on a token request. */
final class DelegationVerdict {

    private DelegationVerdict() {}

    static Decision<Optional<TokenNarrowing>> of(Decision<Delegation> decision) {
        if (decision instanceof Decision.Deny<Delegation> deny) {
            return Decision.deny(deny.reason(), deny.detail());
        }
        return new Decision.Allow<>(
                ((Decision.Allow<Delegation>) decision).value().narrowing(), decision.reason());
    }
}

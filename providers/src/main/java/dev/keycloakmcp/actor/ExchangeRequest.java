package dev.keycloakmcp.actor;

import dev.keycloakmcp.policy.Actor;
import java.util.Set;

/**
 * A token exchange in which somebody is to act for a subject.
 *
 * @param subject what the subject token says
 * @param party who wants to act
 * @param requested what is asked for
 * @param issuer the realm, as tokens name it
 * @param inactive those of the party and of the subject token's chain who were disabled, deleted or suspended
 */
public record ExchangeRequest(
        DelegatedSubject subject, ActingParty party, RequestedToken requested, String issuer, Set<Actor> inactive) {

    public ExchangeRequest {
        inactive = Set.copyOf(inactive);
    }
}

package dev.keycloakmcp.actor;

import dev.keycloakmcp.policy.Actor;
import java.util.Set;

/**
 * A token exchange in which somebody is to act for a subject.
 *
 * @param subject the subject token
 * @param acting the parties that want to act
 * @param requested the token that is asked for
 * @param issuer the realm, as tokens name it
 * @param inactive those of the parties and of the subject token's chain who were disabled, deleted or suspended
 */
public record ExchangeRequest(
        DelegatedSubject subject, ActingParties acting, RequestedToken requested, String issuer, Set<Actor> inactive) {

    public ExchangeRequest {
        inactive = Set.copyOf(inactive);
    }
}

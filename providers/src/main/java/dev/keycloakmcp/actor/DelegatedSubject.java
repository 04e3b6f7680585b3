package dev.keycloakmcp.actor;

import dev.keycloakmcp.policy.Actor;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A verified subject token (RFC 8693 section 2.1).
 *
 * @param identifiers by which its subject is known: {@code sub}, user id
 * @param act its {@code act} claim, as it is
 * @param actAtLogin true when that claim names the client that the subject signed in to, or that redeemed an assertion, rather than one that exchanged
 * @param mayAct its {@code may_act} claim, as it is
 * @param mayActPermits true when that claim is of those whose word permits, rather than only restricts
 * @param impersonator the administrator who took over the subject's session
 * @param scopes its scopes
 * @param secondsLeft until it expires
 * @param forRequester true when it was issued to or for the requesting client
 * @param proven true when the request proves the key that the token is bound to, where it is bound and has to
 */
public record DelegatedSubject(
        Set<String> identifiers,
        @Nullable Object act,
        boolean actAtLogin,
        @Nullable Object mayAct,
        boolean mayActPermits,
        Optional<Actor> impersonator,
        Set<String> scopes,
        long secondsLeft,
        boolean forRequester,
        boolean proven) {

    public DelegatedSubject {
        identifiers = Set.copyOf(identifiers);
        scopes = Set.copyOf(scopes);
    }

    /**
     * True when a token made of it must have a chain, whatever policies say.
     *
     * @param actorNamed true when the request says anything about an actor token
     */
    public boolean needsChain(boolean actorNamed) {
        return actorNamed || act != null || mayAct != null || impersonator.isPresent();
    }
}

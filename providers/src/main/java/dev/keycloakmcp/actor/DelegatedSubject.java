package dev.keycloakmcp.actor;

import dev.keycloakmcp.policy.Actor;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a verified subject token says (RFC 8693 section 2.1).
 *
 * @param identifiers by which its subject is known: {@code sub}, user id
 * @param act its {@code act} claim, as it is
 * @param actAtLogin whether that claim names the client that the subject signed in to, rather than one that exchanged
 * @param mayAct its {@code may_act} claim, as it is
 * @param impersonator the administrator who took over the subject's session
 * @param scopes its scopes
 * @param secondsLeft until it expires
 * @param forRequester whether it was issued to or for the requesting client
 * @param proven whether the request proves the key that the token is bound to, where it is bound and has to
 */
public record DelegatedSubject(
        Set<String> identifiers,
        @Nullable Object act,
        boolean actAtLogin,
        @Nullable Object mayAct,
        Optional<Actor> impersonator,
        Set<String> scopes,
        long secondsLeft,
        boolean forRequester,
        boolean proven) {

    public DelegatedSubject {
        identifiers = Set.copyOf(identifiers);
        scopes = Set.copyOf(scopes);
    }

    /** Whether a token made of it must have a chain, whatever policies say. */
    public boolean isDelegated() {
        return act != null || mayAct != null || impersonator.isPresent();
    }
}

package dev.keycloakmcp.machine;

import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The JWT that a client authenticated with (RFC 7523 section 2.2), after its signature was verified.
 *
 * @param algorithm the signature algorithm; empty where it cannot be read
 * @param audience everything the assertion is for
 * @param issuedAt seconds since the epoch
 * @param expiresAt seconds since the epoch; the largest value where there is none
 */
public record ClientAssertion(String algorithm, List<String> audience, OptionalLong issuedAt, long expiresAt) {

    /** Stands for an assertion that cannot be read; no rule accepts it. */
    public static final ClientAssertion UNREADABLE =
            new ClientAssertion("", List.of(), OptionalLong.empty(), Long.MAX_VALUE);

    /** One as it should be, of a client that is taken as known. */
    public static ClientAssertion assumed(Set<String> authorizationServer, long now) {
        return new ClientAssertion(
                "RS256", authorizationServer.stream().sorted().limit(1).toList(), OptionalLong.of(now), now + 1);
    }

    public ClientAssertion {
        audience = List.copyOf(audience);
    }
}

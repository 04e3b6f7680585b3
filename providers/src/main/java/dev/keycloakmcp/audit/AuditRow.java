package dev.keycloakmcp.audit;

import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.policy.ActorChain;
import java.util.List;
import java.util.Optional;

/**
 * One row of the audit trail. It holds no token, secret or assertion.
 *
 * @param id a {@link RowId}
 * @param time milliseconds since the epoch
 * @param reason a reason code, or Keycloak's error where Keycloak refused
 * @param grant grant type of the request
 * @param subject for whom: a user, a service account, or the administrator who suspended an actor
 * @param chain who acted, newest first
 * @param client the client that asked
 * @param resource URI of the target server
 * @param tokenId {@code jti} of the access token that was issued
 * @param parentTokenId {@code jti} of the access token that it was exchanged from, or issued with the refresh token that
 *     was used
 * @param sessionId of the user's session
 * @param ip where the request came from
 * @param error the OAuth error of the answer
 * @param detail what an administrator said about it, or what the token would lose
 */
public record AuditRow(
        String id,
        long time,
        RowType type,
        Outcome outcome,
        Optional<String> reason,
        Optional<String> grant,
        Optional<Subject> subject,
        Optional<ActorChain> chain,
        Optional<String> client,
        Optional<String> resource,
        List<String> scopes,
        Optional<String> tokenId,
        Optional<String> parentTokenId,
        Optional<String> sessionId,
        Optional<String> ip,
        Optional<String> error,
        Optional<String> detail) {

    /**
     * A user, by id and by the name they had at the time.
     *
     * @param username absent where it was not known
     */
    public record Subject(String id, Optional<String> username) {}

    public AuditRow {
        scopes = List.copyOf(scopes);
    }

    /** Client ids of those who acted, newest first. */
    public List<String> actors() {
        return chain.map(ActorChain::clientIds).orElse(List.of());
    }
}

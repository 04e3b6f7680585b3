package dev.keycloakmcp.audit;

import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.policy.ActorChain;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

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
 * @param names display names that clients of the row had at the time, by client id
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
        Optional<String> detail,
        Map<String, String> names) {

    /**
     * A user, by id and by the name they had at the time.
     *
     * @param username absent where it was not known
     * @param clientId of the client whose service account it is; absent where it is a person
     */
    public record Subject(String id, Optional<String> username, Optional<String> clientId) {}

    public AuditRow {
        scopes = List.copyOf(scopes);
        names = Map.copyOf(names);
    }

    /** Client ids of those who acted, newest first. */
    public List<String> actors() {
        return chain.map(ActorChain::clientIds).orElse(List.of());
    }

    /** All clients that the row names, by their ids. */
    public Set<String> clients() {
        Set<String> clients = new LinkedHashSet<>(actors());
        client.ifPresent(clients::add);
        subject.flatMap(Subject::clientId).ifPresent(clients::add);
        return clients;
    }

    /**
     * True when the client that asked is one of those who acted: it is in the chain, it acted as itself, or it was refused,
     * whatever for.
     */
    public boolean isClientActing() {
        return client.isPresent()
                && (type == RowType.REFUSAL
                        || actors().stream().anyMatch(this::isClient)
                        || type == RowType.TOKEN
                                && subject.flatMap(Subject::clientId)
                                        .filter(this::isClient)
                                        .isPresent());
    }

    /** Ids are compared as rows keep them, so that a row that was stored and read says the same. */
    private boolean isClient(String clientId) {
        return client.map(AuditField.CLIENT::fit).equals(Optional.of(AuditField.CLIENT.fit(clientId)));
    }

    /** The clients in the chain but the one that asked, each once, newest first. */
    public Set<String> actorsBehind() {
        Set<String> behind = new LinkedHashSet<>(actors());
        behind.removeIf(this::isClient);
        return behind;
    }

    /** The name that a client had at the time. */
    public Optional<String> nameOf(String clientId) {
        return Optional.ofNullable(names.get(clientId));
    }

    /** The same row about another subject, and with other names. */
    public AuditRow with(Optional<Subject> who, Map<String, String> called) {
        return new AuditRow(
                id,
                time,
                type,
                outcome,
                reason,
                grant,
                who,
                chain,
                client,
                resource,
                scopes,
                tokenId,
                parentTokenId,
                sessionId,
                ip,
                error,
                detail,
                called);
    }
}

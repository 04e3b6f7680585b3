package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.audit.AuditRow;
import dev.keycloakmcp.audit.RowId;
import dev.keycloakmcp.audit.RowType;
import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.SuspensionTime;
import dev.keycloakmcp.resource.McpAttributes;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.keycloak.common.util.Time;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** Suspends clients and lifts suspensions; both are rows, in realms with an audit trail. */
public final class ActorSuspension {

    /** Reason code of rows about suspensions. */
    private static final String SUSPENDED = "suspended";

    private static final String LIFTED = "suspension_lifted";

    private final KeycloakSession session;
    private final RealmModel realm;

    public ActorSuspension(KeycloakSession session, RealmModel realm) {
        this.session = session;
        this.realm = realm;
    }

    /** Suspends a client, or changes the reason. */
    public void suspend(ClientModel client, String reason, UserModel by, String through) {
        client.setAttribute(McpAttributes.SUSPENDED, reason);
        client.setAttribute(
                McpAttributes.SUSPENDED_AT, Long.toString(time(client).next(Time.currentTime())));
        client.removeAttribute(McpAttributes.LIFTED);
        client.setAttribute(McpAttributes.SUSPENDED_BY, by.getUsername());
        write(RowType.SUSPENSION, SUSPENDED, client, Optional.of(reason), by, through);
    }

    /** Lifts a suspension; does nothing where there is none. */
    public void lift(ClientModel client, UserModel by, String through) {
        if (client.getAttribute(McpAttributes.SUSPENDED) == null) {
            return;
        }
        time(client).suspended().ifPresent(at -> client.setAttribute(McpAttributes.LIFTED, Long.toString(at)));
        client.removeAttribute(McpAttributes.SUSPENDED);
        client.removeAttribute(McpAttributes.SUSPENDED_AT);
        client.removeAttribute(McpAttributes.SUSPENDED_BY);
        write(RowType.REINSTATEMENT, LIFTED, client, Optional.empty(), by, through);
    }

    private static SuspensionTime time(ClientModel client) {
        return SuspensionTime.of(
                client.getAttribute(McpAttributes.SUSPENDED_AT), client.getAttribute(McpAttributes.LIFTED));
    }

    private void write(
            RowType type, String code, ClientModel client, Optional<String> why, UserModel by, String through) {
        if (!AuditSettings.isOn(realm)) {
            return;
        }
        Instant now = Instant.now().plusSeconds(Time.getOffset());
        AuditRow row = new AuditRow(
                RowId.next(now, ThreadLocalRandom.current()),
                now.toEpochMilli(),
                type,
                Outcome.ALLOW,
                Optional.of(code),
                Optional.empty(),
                Optional.of(new AuditRow.Subject(by.getId(), Optional.of(by.getUsername()), Optional.empty())),
                Optional.of(ActorChain.of(actor(client))),
                Optional.of(through),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(session.getContext().getConnection().getRemoteHost()),
                Optional.empty(),
                why,
                Map.of());
        CommittedRows.write(session, realm, () -> List.of(row));
    }

    private Actor actor(ClientModel client) {
        UserModel account = client.isServiceAccountsEnabled() ? session.users().getServiceAccount(client) : null;
        return new Actor(account == null ? client.getClientId() : account.getId(), client.getClientId());
    }
}

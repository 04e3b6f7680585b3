package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.audit.RowId;
import dev.keycloakmcp.audit.RowType;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.resource.McpAttributes;
import dev.keycloakmcp.support.DisplayName;
import java.time.Duration;
import java.util.List;
import org.keycloak.common.util.Time;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.utils.StringUtil;

/** Registered clients of a realm that were refused of late. */
public final class RefusedClients {

    private static final Duration OF_LATE = Duration.ofDays(30);

    private static final String REFUSED = """
            select distinct e.clientId, c.name from AuditRowEntity e, ClientEntity c join c.attributes r
            where e.realmId = :realm and e.type = :refusal and e.reason = :reason and e.id >= :since
            and c.realmId = :realm and c.clientId = e.clientId and r.name = :registration
            """;

    private final KeycloakSession session;
    private final RealmModel realm;

    public RefusedClients(KeycloakSession session, RealmModel realm) {
        this.session = session;
        this.realm = realm;
    }

    /** Those that were refused for a reason, by name and id, as the id alone tells an administrator nothing. */
    public List<String> because(ReasonCode reason, int max) {
        return session.getProvider(JpaConnectionProvider.class)
                .getEntityManager()
                .createQuery(REFUSED, Object[].class)
                .setParameter("realm", realm.getId())
                .setParameter("refusal", RowType.REFUSAL.value())
                .setParameter("reason", reason.code())
                .setParameter("since", RowId.least(Time.currentTimeMillis() - OF_LATE.toMillis()))
                .setParameter("registration", McpAttributes.REGISTRATION)
                .setMaxResults(max)
                .getResultStream()
                .map(client -> StringUtil.isBlank((String) client[1])
                        ? (String) client[0]
                        : DisplayName.of((String) client[1]).text() + " (" + client[0] + ")")
                .toList();
    }
}

package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.consent.AllowedTime;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/**
 * A yes of a person: one row for each key of {@link dev.keycloakmcp.consent.ConsentSubject}. It counts as long as the
 * consent that Keycloak stored with it.
 */
@Entity
@Table(name = "MCP_CONSENT")
public class RememberedConsentEntity {

    @Id
    @Column(name = "ID", length = 43)
    String id = "";

    @Column(name = "REALM_ID", length = 36, nullable = false)
    String realmId = "";

    @Column(name = "USER_ID", nullable = false)
    String userId = "";

    @Column(name = "CLIENT_ID", nullable = false)
    String clientId = "";

    /** When Keycloak stored the consent, in epoch milliseconds. */
    @Column(name = "CONSENT_CREATED", nullable = false)
    long consentCreated;

    /** Null in rows of versions that did not note for how long access was allowed. */
    @Column(name = "ONLINE_TIME")
    @Nullable Long onlineTime;

    @Column(name = "OFFLINE_TIME")
    @Nullable Long offlineTime;

    AllowedTime allowed() {
        return onlineTime == null || offlineTime == null ? AllowedTime.NONE : new AllowedTime(onlineTime, offlineTime);
    }

    void allow(AllowedTime time) {
        onlineTime = time.online();
        offlineTime = time.offline();
    }
}

package dev.keycloakmcp.consent.provider;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/**
 * A yes of a person: one row for each key of {@link dev.keycloakmcp.consent.ConsentSubject}. It counts as long as the
 * consent that Keycloak stored with it.
 */
@Entity
@Table(name = "MCP_CONSENT")
public class RememberedConsentEntity {

    @Id
    @Column(name = "ID", length = 43)
    private String id;

    @Column(name = "REALM_ID", length = 36, nullable = false)
    private String realmId;

    @Column(name = "USER_ID", nullable = false)
    private String userId;

    @Column(name = "CLIENT_ID", nullable = false)
    private String clientId;

    @Column(name = "CONSENT_CREATED", nullable = false)
    private long consentCreated;

    @SuppressWarnings("NullAway") // by JPA
    protected RememberedConsentEntity() {}

    RememberedConsentEntity(String id, String realmId, String userId, String clientId, long consentCreated) {
        this.id = id;
        this.realmId = realmId;
        this.userId = userId;
        this.clientId = clientId;
        this.consentCreated = consentCreated;
    }

    String id() {
        return id;
    }

    String realmId() {
        return realmId;
    }

    String userId() {
        return userId;
    }

    String clientId() {
        return clientId;
    }

    /** When Keycloak stored the consent, in epoch milliseconds. */
    long consentCreated() {
        return consentCreated;
    }

    /** The person said yes again, after the consent had been revoked. */
    void renew(long created) {
        consentCreated = created;
    }
}

package dev.keycloakmcp.registration.provider;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/** A client id whose client was suspended when it went, with the suspension. */
@Entity
@Table(name = "MCP_STOPPED_CLIENT")
public class StoppedClientEntity {

    static final int LONGEST_REASON = 500;
    static final int LONGEST_NAME = 255;
    static final int LONGEST_TIME = 20;

    /** A digest of realm and client id: not all databases tell client ids by case. */
    @Id
    @Column(name = "ID", length = 43)
    String id = "";

    @Column(name = "REALM_ID", length = 36, nullable = false)
    String realmId = "";

    @Column(name = "REASON", length = LONGEST_REASON)
    @Nullable String reason;

    @Column(name = "SUSPENDED_AT", length = LONGEST_TIME)
    @Nullable String suspendedAt;

    @Column(name = "SUSPENDED_BY", length = LONGEST_NAME)
    @Nullable String suspendedBy;
}

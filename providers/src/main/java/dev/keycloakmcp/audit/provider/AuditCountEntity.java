package dev.keycloakmcp.audit.provider;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/** How many rows of a day say the same. A row is counted in one of these, so the id of the oldest of them tells them apart. */
@Entity
@Table(name = "MCP_AUDIT_COUNT")
public class AuditCountEntity {

    @Id
    @Column(name = "OLDEST", length = 36)
    String oldest = "";

    @Column(name = "NEWEST", length = 36)
    String newest = "";

    @Column(name = "REALM_ID", length = 36)
    String realmId = "";

    @Column(name = "ROW_COUNT")
    long number;

    @Column(name = "ROW_TYPE", length = 24)
    String type = "";

    @Column(name = "SUBJECT_ID")
    @Nullable String subjectId;

    @Column(name = "ACTORS", length = 2048)
    @Nullable String actors;

    @Column(name = "FLOW", length = 43)
    @Nullable String flow;

    @Column(name = "CLIENT_ID")
    @Nullable String clientId;

    @Column(name = "ACTS")
    boolean acts;

    @Column(name = "RESOURCE_URI", length = 600)
    @Nullable String resource;
}

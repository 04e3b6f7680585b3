package dev.keycloakmcp.audit.provider;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/** A row of the audit trail as questions read it. Lists are in it as text, for reading; tables of their own are for finding. */
@Entity
@Table(name = "MCP_AUDIT")
public class AuditRowEntity extends AuditColumns {

    /** Client ids, newest first, a line each. */
    @Column(name = "ACTORS", length = 2048)
    @Nullable String actors;

    /** Digest of subject, actors, client and resource, so that counts by all of them need not compare them all. */
    @Column(name = "FLOW", length = 43)
    @Nullable String flow;

    /** True when the client that asked is one of those who acted. */
    @Column(name = "ACTS")
    boolean acts;
}

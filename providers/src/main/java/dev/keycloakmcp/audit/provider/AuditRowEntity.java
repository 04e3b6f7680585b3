package dev.keycloakmcp.audit.provider;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.jspecify.annotations.Nullable;

/** A row of the audit trail. Lists are in it as text, for reading; tables of their own are for finding. */
@Entity
@Table(name = "MCP_AUDIT")
public class AuditRowEntity {

    @Id
    @Column(name = "ID", length = 36)
    String id = "";

    @Column(name = "REALM_ID", length = 36)
    String realmId = "";

    /** Milliseconds since the epoch. */
    @Column(name = "EVENT_TIME")
    long time;

    @Column(name = "ROW_TYPE", length = 24)
    String type = "";

    @Column(name = "OUTCOME", length = 12)
    String outcome = "";

    @Column(name = "REASON", length = 64)
    @Nullable String reason;

    @Column(name = "GRANT_TYPE", length = 64)
    @Nullable String grant;

    @Column(name = "SUBJECT_ID")
    @Nullable String subjectId;

    @Column(name = "USERNAME")
    @Nullable String username;

    /** Client id of the client whose service account the subject is. */
    @Column(name = "SUBJECT_CLIENT")
    @Nullable String subjectClient;

    /** Client ids, newest first, a line each. */
    @Column(name = "ACTORS", length = 2048)
    @Nullable String actors;

    /** The {@code act} claim as JSON. */
    @Column(name = "ACT")
    @Nullable String act;

    /** Digest of subject, actors, client and resource, so that counts by all of them need not compare them all. */
    @Column(name = "FLOW", length = 43)
    @Nullable String flow;

    @Column(name = "CLIENT_ID")
    @Nullable String clientId;

    /** True when the client that asked is one of those who acted. */
    @Column(name = "ACTS")
    boolean acts;

    /** The names of that client, of the subject's client and of the actors, in this order, a line each. */
    @Column(name = "NAMES", length = 1700)
    @Nullable String names;

    @Column(name = "RESOURCE_URI", length = 600)
    @Nullable String resource;

    /** Separated by spaces. */
    @Column(name = "SCOPES")
    @Nullable String scopes;

    @Column(name = "TOKEN_ID")
    @Nullable String tokenId;

    @Column(name = "PARENT_TOKEN_ID")
    @Nullable String parentTokenId;

    @Column(name = "SESSION_ID")
    @Nullable String sessionId;

    @Column(name = "IP_ADDRESS", length = 64)
    @Nullable String ip;

    @Column(name = "ERROR", length = 64)
    @Nullable String error;

    @Column(name = "DETAIL", length = 1000)
    @Nullable String detail;
}

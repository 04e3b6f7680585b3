package dev.keycloakmcp.audit.provider;

import jakarta.persistence.Column;
import jakarta.persistence.Id;
import jakarta.persistence.MappedSuperclass;
import org.jspecify.annotations.Nullable;

/** The columns of a row of the audit trail, wherever it is stored. Lists are in it as text. */
@MappedSuperclass
abstract class AuditColumns {

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

    /** The {@code act} claim as JSON. */
    @Column(name = "ACT")
    @Nullable String act;

    @Column(name = "CLIENT_ID")
    @Nullable String clientId;

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

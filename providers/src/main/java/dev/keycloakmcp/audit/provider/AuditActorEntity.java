package dev.keycloakmcp.audit.provider;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;

/** That a client acted in what a row is about, other than the one that asked; in rows of earlier versions that one as well. */
@Entity
@Table(name = "MCP_AUDIT_ACTOR")
@IdClass(AuditActorEntity.Key.class)
public class AuditActorEntity {

    @Id
    @Column(name = "ROW_ID", length = 36)
    String rowId = "";

    @Id
    @Column(name = "CLIENT_ID")
    String clientId = "";

    @Column(name = "REALM_ID", length = 36)
    String realmId = "";

    /** True when the row is of a token that another client asked for. */
    @Column(name = "BEHIND")
    boolean behind;

    /** Primary key. */
    public record Key(String rowId, String clientId) implements Serializable {}
}

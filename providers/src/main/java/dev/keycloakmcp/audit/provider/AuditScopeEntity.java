package dev.keycloakmcp.audit.provider;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.io.Serializable;

/** That a scope was granted, or asked for, in what a row is about. */
@Entity
@Table(name = "MCP_AUDIT_SCOPE")
@IdClass(AuditScopeEntity.Key.class)
public class AuditScopeEntity {

    @Id
    @Column(name = "ROW_ID", length = 36)
    String rowId = "";

    /** Which of the row's scopes. Names cannot be the key: some databases take those for equal that differ in case. */
    @Id
    @Column(name = "PLACE")
    int place;

    @Column(name = "SCOPE")
    String scope = "";

    @Column(name = "REALM_ID", length = 36)
    String realmId = "";

    /** Primary key. */
    public record Key(String rowId, int place) implements Serializable {}
}

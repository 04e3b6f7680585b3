package dev.keycloakmcp.audit.provider;

import jakarta.persistence.Entity;
import jakarta.persistence.Table;

/** A row of the audit trail as a request writes it: one insert with one index. It is moved to where questions read it soon. */
@Entity
@Table(name = "MCP_AUDIT_JOURNAL")
public class AuditJournalEntity extends AuditColumns {}

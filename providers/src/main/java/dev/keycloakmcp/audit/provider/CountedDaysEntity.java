package dev.keycloakmcp.audit.provider;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;

/** The days of a realm whose rows are counted in advance. Whoever changes rows of these days, or counts more, changes it first. */
@Entity
@Table(name = "MCP_AUDIT_DAYS")
public class CountedDaysEntity {

    @Id
    @Column(name = "REALM_ID", length = 36)
    String realmId = "";

    /** Least id of the first day. */
    @Column(name = "FIRST_ID", length = 36)
    String firstId = "";

    /** Least id of the day after the last. */
    @Column(name = "END_ID", length = 36)
    String endId = "";

    /** Counts the changes, so that a question sees that there was one meanwhile. */
    @Column(name = "CHANGES")
    long changes;
}

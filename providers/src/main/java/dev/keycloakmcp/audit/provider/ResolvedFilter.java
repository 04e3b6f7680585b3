package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.audit.AuditField;
import dev.keycloakmcp.audit.AuditFilter;

/** A filter, and whether its subject is a username. */
record ResolvedFilter(AuditFilter filter, boolean byName) {

    /** The expression for a field of a row {@code e}. */
    String column(AuditField field) {
        return switch (field) {
            case SUBJECT -> byName ? "e.username" : "e.subjectId";
            case CLIENT -> "e.clientId";
            case RESOURCE -> "e.resource";
            case JTI -> "e.tokenId";
            case SESSION -> "e.sessionId";
            case OUTCOME -> "e.outcome";
            case TYPE -> "e.type";
            case REASON -> "e.reason";
            case GRANT -> "e.grant";
            case ACTOR, SCOPE -> throw new IllegalArgumentException(field + " is in a table of its own");
        };
    }
}

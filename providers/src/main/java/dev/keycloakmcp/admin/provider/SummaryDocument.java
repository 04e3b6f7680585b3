package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.audit.AuditRow;
import dev.keycloakmcp.audit.Grouping;
import dev.keycloakmcp.audit.RowDocument;
import dev.keycloakmcp.audit.provider.AuditCounts;
import java.util.LinkedHashMap;
import java.util.Map;

/** A line of a summary of the audit trail as JSON object; what has no value is left out. */
final class SummaryDocument {

    private SummaryDocument() {}

    static Map<String, Object> json(Grouping by, AuditCounts.Count count) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("key", count.key());
        if (by == Grouping.SUBJECT) {
            count.newest()
                    .subject()
                    .flatMap(AuditRow.Subject::username)
                    .ifPresent(username -> members.put("name", username));
        }
        members.put("count", count.count());
        members.put("first", RowDocument.time(count.first()));
        members.put("last", RowDocument.time(count.last()));
        return members;
    }

    static Map<String, Object> json(AuditCounts.Flow flow) {
        AuditRow newest = flow.newest();
        Map<String, Object> members = new LinkedHashMap<>();
        newest.subject().ifPresent(subject -> members.put("subject", RowDocument.json(subject)));
        if (!newest.actors().isEmpty()) {
            members.put("actors", newest.actors());
        }
        newest.client().ifPresent(client -> members.put("client_id", client));
        newest.resource().ifPresent(resource -> members.put("resource", resource));
        members.put("count", flow.count());
        members.put("last", RowDocument.time(newest.time()));
        return members;
    }
}

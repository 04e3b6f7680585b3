package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.audit.AuditField;
import dev.keycloakmcp.audit.AuditFilter;
import dev.keycloakmcp.audit.AuditRow;
import dev.keycloakmcp.audit.Grouping;
import dev.keycloakmcp.audit.RowDocument;
import dev.keycloakmcp.audit.provider.AuditCounts;
import java.util.LinkedHashMap;
import java.util.Map;

/** A line of a summary of the audit trail as JSON object; what has no value is left out. */
final class SummaryDocument {

    private static final String COUNTED = "counted";

    private SummaryDocument() {}

    static Map<String, Object> json(Grouping by, AuditCounts.Count count, AuditFilter filter) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("key", count.key());
        AuditRow newest = count.newest();
        if (by == Grouping.SUBJECT) {
            newest.subject().ifPresent(subject -> {
                subject.username().ifPresent(username -> members.put("name", username));
                subject.clientId().ifPresent(clientId -> {
                    members.put("client_id", clientId);
                    newest.nameOf(clientId).ifPresent(name -> members.put("client_name", name));
                });
            });
        } else if (by == Grouping.ACTOR) {
            newest.nameOf(count.key()).ifPresent(name -> members.put("client_name", name));
        }
        members.put(COUNTED, counted(filter));
        members.put("count", count.count());
        members.put("first", RowDocument.time(count.first()));
        members.put("last", RowDocument.time(newest.time()));
        return members;
    }

    static Map<String, Object> json(AuditCounts.Flow flow, AuditFilter filter) {
        Map<String, Object> members = RowDocument.flow(flow.newest());
        members.put(COUNTED, counted(filter));
        members.put("count", flow.count());
        members.put("last", RowDocument.time(flow.newest().time()));
        return members;
    }

    /** The type of the rows that are counted; of several types they are rows. */
    private static String counted(AuditFilter filter) {
        return filter.value(AuditField.TYPE).orElse("row");
    }
}

package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.audit.AuditRow;
import java.util.ArrayList;
import java.util.List;

/**
 * A row of the journal, and what questions read of it.
 *
 * @param entities to insert, one at least
 */
record ExpandedRow(String id, String realmId, List<Object> entities) {

    private static ExpandedRow of(AuditJournalEntity written) {
        AuditRow row = RowReader.read(written);
        List<Object> entities = new ArrayList<>();
        entities.add(RowWriter.expanded(written.realmId, row));
        entities.addAll(RowWriter.actors(written.realmId, row));
        entities.addAll(RowWriter.scopes(written.realmId, row));
        return new ExpandedRow(written.id, written.realmId, entities);
    }

    /**
     * The first of some rows, as many as a number of inserts allows, but one at least.
     *
     * @param inserts the most
     */
    static List<ExpandedRow> first(int inserts, List<AuditJournalEntity> written) {
        List<ExpandedRow> rows = new ArrayList<>();
        int left = inserts;
        for (AuditJournalEntity each : written) {
            ExpandedRow row = of(each);
            left -= row.entities().size();
            if (left < 0 && !rows.isEmpty()) {
                break;
            }
            rows.add(row);
        }
        return rows;
    }
}

package dev.keycloakmcp.audit.provider;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.keycloakmcp.audit.AuditFilter;
import dev.keycloakmcp.audit.AuditRow;
import dev.keycloakmcp.audit.ExportFormat;
import dev.keycloakmcp.audit.RowDocument;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.util.JsonSerialization;

/** Writes rows in bulk: a page at a time, each in a transaction of its own, so that memory and locks stay small. */
public final class AuditExport {

    private static final int PAGE = 500;

    private final KeycloakSessionFactory factory;
    private final String realmId;
    private final AuditFilter filter;
    private final ExportFormat format;

    public AuditExport(KeycloakSessionFactory factory, String realmId, AuditFilter filter, ExportFormat format) {
        this.factory = factory;
        this.realmId = realmId;
        this.filter = filter;
        this.format = format;
    }

    /** Writes all rows that meet the filter, newest first; what arrives meanwhile is left out. */
    public void write(OutputStream out) throws IOException {
        Writer writer = new OutputStreamWriter(out, StandardCharsets.UTF_8);
        if (format == ExportFormat.CSV) {
            writer.write(RowDocument.csvHeader());
        }
        Optional<String> before = Optional.empty();
        List<AuditRow> rows;
        do {
            rows = page(before);
            for (AuditRow row : rows) {
                write(writer, row);
            }
            writer.flush();
            before = rows.isEmpty()
                    ? before
                    : Optional.of(rows.get(rows.size() - 1).id());
        } while (rows.size() == PAGE);
    }

    private List<AuditRow> page(Optional<String> before) {
        return KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> {
            RealmModel realm = session.realms().getRealm(realmId);
            return realm == null ? List.of() : new AuditTrail(session, realm).page(filter, before, 0, PAGE);
        });
    }

    private void write(Writer writer, AuditRow row) throws IOException {
        if (format == ExportFormat.CSV) {
            writer.write(RowDocument.csv(row));
        } else {
            JsonSerialization.mapper
                    .writer()
                    .without(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                    .writeValue(writer, RowDocument.json(row));
            writer.write('\n');
        }
    }
}

package dev.keycloakmcp.audit.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.keycloakmcp.audit.AuditRow;
import dev.keycloakmcp.audit.NameLines;
import dev.keycloakmcp.audit.RowType;
import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.policy.ActorChain;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keycloak.util.JsonSerialization;

/** Entities to rows. */
final class RowReader {

    private RowReader() {}

    static AuditRow read(AuditColumns entity) {
        AuditRow row = new AuditRow(
                entity.id,
                entity.time,
                RowType.of(entity.type).orElse(RowType.TOKEN),
                Outcome.of(entity.outcome).orElse(Outcome.ALLOW),
                Optional.ofNullable(entity.reason),
                Optional.ofNullable(entity.grant),
                Optional.ofNullable(entity.subjectId)
                        .map(id -> new AuditRow.Subject(
                                id, Optional.ofNullable(entity.username), Optional.ofNullable(entity.subjectClient))),
                Optional.ofNullable(entity.act).map(RowReader::readJson).flatMap(ActorChain::read),
                Optional.ofNullable(entity.clientId),
                Optional.ofNullable(entity.resource),
                entity.scopes == null ? List.of() : List.of(entity.scopes.split(" ")),
                Optional.ofNullable(entity.tokenId),
                Optional.ofNullable(entity.parentTokenId),
                Optional.ofNullable(entity.sessionId),
                Optional.ofNullable(entity.ip),
                Optional.ofNullable(entity.error),
                Optional.ofNullable(entity.detail),
                Map.of());
        return entity.names == null ? row : NameLines.read(row, entity.names);
    }

    /** JSON of this extension, so that it can be read. */
    static Map<?, ?> readJson(String json) {
        try {
            return JsonSerialization.mapper.readValue(json, Map.class);
        } catch (JsonProcessingException e) {
            return Map.of();
        }
    }
}

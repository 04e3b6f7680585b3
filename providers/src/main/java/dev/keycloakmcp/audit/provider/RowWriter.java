package dev.keycloakmcp.audit.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.keycloakmcp.audit.AuditField;
import dev.keycloakmcp.audit.AuditRow;
import dev.keycloakmcp.audit.FlowKey;
import dev.keycloakmcp.audit.RowType;
import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.support.StoredText;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.util.JsonSerialization;

/** Rows to entities and back. */
final class RowWriter {

    private static final int MOST_SCOPES = 100;
    private static final String MORE = " ...";
    private static final int TEXT = 255;
    private static final int SHORT_TEXT = 64;
    private static final int DETAIL_TEXT = 1000;
    private static final String BETWEEN_ACTORS = "\n";

    private final EntityManager entities;

    RowWriter(KeycloakSession session) {
        this.entities = session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }

    /** Writes a row in the current transaction; the database hears of it when that commits. */
    void write(String realmId, AuditRow row) {
        AuditRowEntity entity = new AuditRowEntity();
        entity.id = row.id();
        entity.realmId = realmId;
        entity.time = row.time();
        entity.type = row.type().value();
        entity.outcome = row.outcome().value();
        entity.reason = fit(row.reason(), SHORT_TEXT);
        entity.grant = fit(row.grant(), SHORT_TEXT);
        entity.subjectId = fit(row.subject().map(AuditRow.Subject::id), TEXT);
        entity.username = fit(row.subject().flatMap(AuditRow.Subject::username), TEXT);
        List<String> actors = row.actors().stream().map(AuditField.ACTOR::fit).toList();
        entity.actors = actors.isEmpty() ? null : String.join(BETWEEN_ACTORS, actors);
        entity.act = row.chain().map(ActorChain::toClaim).map(RowWriter::json).orElse(null);
        entity.clientId = fit(row.client(), TEXT);
        entity.resource = row.resource().map(AuditField.RESOURCE::fit).orElse(null);
        entity.flow = flow(entity);
        List<String> scopes = row.scopes().stream()
                .limit(MOST_SCOPES)
                .map(AuditField.SCOPE::fit)
                .distinct()
                .toList();
        entity.scopes = scopes.isEmpty()
                ? null
                : String.join(" ", scopes) + (row.scopes().size() > MOST_SCOPES ? MORE : "");
        entity.tokenId = fit(row.tokenId(), TEXT);
        entity.parentTokenId = fit(row.parentTokenId(), TEXT);
        entity.sessionId = fit(row.sessionId(), TEXT);
        entity.ip = fit(row.ip(), SHORT_TEXT);
        entity.error = fit(row.error(), SHORT_TEXT);
        entity.detail = fit(row.detail(), DETAIL_TEXT);
        entities.persist(entity);
        actors.stream().distinct().forEach(clientId -> {
            AuditActorEntity actor = new AuditActorEntity();
            actor.rowId = row.id();
            actor.clientId = clientId;
            actor.realmId = realmId;
            actor.behind = row.type() == RowType.TOKEN && !clientId.equals(entity.clientId);
            entities.persist(actor);
        });
        for (int place = 0; place < scopes.size(); place++) {
            AuditScopeEntity scope = new AuditScopeEntity();
            scope.rowId = row.id();
            scope.place = place;
            scope.scope = scopes.get(place);
            scope.realmId = realmId;
            entities.persist(scope);
        }
    }

    private static @Nullable String flow(AuditRowEntity entity) {
        return entity.subjectId == null
                ? null
                : FlowKey.of(Stream.of(entity.subjectId, entity.actors, entity.clientId, entity.resource)
                        .map(Optional::ofNullable)
                        .toList());
    }

    static AuditRow read(AuditRowEntity entity) {
        return new AuditRow(
                entity.id,
                entity.time,
                RowType.of(entity.type).orElse(RowType.TOKEN),
                Outcome.of(entity.outcome).orElse(Outcome.ALLOW),
                Optional.ofNullable(entity.reason),
                Optional.ofNullable(entity.grant),
                Optional.ofNullable(entity.subjectId)
                        .map(id -> new AuditRow.Subject(id, Optional.ofNullable(entity.username))),
                Optional.ofNullable(entity.act).map(RowWriter::readJson).flatMap(ActorChain::read),
                Optional.ofNullable(entity.clientId),
                Optional.ofNullable(entity.resource),
                entity.scopes == null ? List.of() : List.of(entity.scopes.split(" ")),
                Optional.ofNullable(entity.tokenId),
                Optional.ofNullable(entity.parentTokenId),
                Optional.ofNullable(entity.sessionId),
                Optional.ofNullable(entity.ip),
                Optional.ofNullable(entity.error),
                Optional.ofNullable(entity.detail));
    }

    /** JSON of this extension, so that it can be read. */
    static Map<?, ?> readJson(String json) {
        try {
            return JsonSerialization.mapper.readValue(json, Map.class);
        } catch (JsonProcessingException e) {
            return Map.of();
        }
    }

    private static String json(Map<String, Object> value) {
        return JsonSerialization.mapper.valueToTree(value).toString();
    }

    private static @Nullable String fit(Optional<String> text, int length) {
        return text.filter(value -> !value.isEmpty())
                .map(value -> StoredText.fit(value, length))
                .orElse(null);
    }
}

package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.audit.AuditField;
import dev.keycloakmcp.audit.AuditRow;
import dev.keycloakmcp.audit.FlowKey;
import dev.keycloakmcp.audit.NameLines;
import dev.keycloakmcp.audit.RowType;
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

/** Rows to entities. All that is stored follows from the row alone. */
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
        entity.subjectClient = fit(row.subject().flatMap(AuditRow.Subject::clientId), TEXT);
        List<String> actors = row.actors().stream().map(AuditField.ACTOR::fit).toList();
        entity.actors = actors.isEmpty() ? null : String.join(BETWEEN_ACTORS, actors);
        entity.act = row.chain().map(ActorChain::toClaim).map(RowWriter::json).orElse(null);
        entity.clientId = fit(row.client(), TEXT);
        entity.acts = row.isClientActing();
        entity.names = NameLines.of(row).orElse(null);
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
        row.actorsBehind().stream().map(AuditField.ACTOR::fit).distinct().forEach(clientId -> {
            AuditActorEntity actor = new AuditActorEntity();
            actor.rowId = row.id();
            actor.clientId = clientId;
            actor.realmId = realmId;
            actor.behind = row.type() == RowType.TOKEN;
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

    /** The client ids in a list as it is stored. */
    static List<String> actors(@Nullable String stored) {
        return stored == null ? List.of() : List.of(stored.split(BETWEEN_ACTORS));
    }

    private static @Nullable String flow(AuditRowEntity entity) {
        return entity.subjectId == null
                ? null
                : FlowKey.of(Stream.of(entity.subjectId, entity.actors, entity.clientId, entity.resource)
                        .map(Optional::ofNullable)
                        .toList());
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

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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.util.JsonSerialization;

/** Rows to entities. All that is stored follows from the row alone, and is the same for a row that was stored and read. */
final class RowWriter {

    private static final int MOST_SCOPES = 100;
    /** Of what nobody granted: whoever reaches the server can ask for scopes without end, and each costs an insert. */
    private static final int MOST_SCOPES_ASKED = 10;

    private static final String MORE = " ...";
    private static final int TEXT = 255;
    private static final int SHORT_TEXT = 64;
    private static final int DETAIL_TEXT = 1000;
    private static final String BETWEEN_ACTORS = "\n";

    private final EntityManager entities;

    RowWriter(KeycloakSession session) {
        this.entities = session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }

    /** Writes a row to the journal, in the current transaction; the database hears of it when that commits. */
    void write(String realmId, AuditRow row) {
        entities.persist(fill(new AuditJournalEntity(), realmId, row));
    }

    /** The row of the tables that questions read. */
    static AuditRowEntity expanded(String realmId, AuditRow row) {
        AuditRowEntity entity = fill(new AuditRowEntity(), realmId, row);
        List<String> actors = row.actors().stream().map(AuditField.ACTOR::fit).toList();
        entity.actors = actors.isEmpty() ? null : String.join(BETWEEN_ACTORS, actors);
        entity.acts = row.isClientActing();
        entity.flow = flow(entity);
        return entity;
    }

    static List<AuditActorEntity> actors(String realmId, AuditRow row) {
        return row.actorsBehind().stream()
                .map(AuditField.ACTOR::fit)
                .distinct()
                .map(clientId -> {
                    AuditActorEntity actor = new AuditActorEntity();
                    actor.rowId = row.id();
                    actor.clientId = clientId;
                    actor.realmId = realmId;
                    actor.behind = row.type() == RowType.TOKEN;
                    return actor;
                })
                .toList();
    }

    static List<AuditScopeEntity> scopes(String realmId, AuditRow row) {
        List<String> scopes = kept(row, scopes(row));
        return IntStream.range(0, scopes.size())
                .mapToObj(place -> {
                    AuditScopeEntity scope = new AuditScopeEntity();
                    scope.rowId = row.id();
                    scope.place = place;
                    scope.scope = scopes.get(place);
                    scope.realmId = realmId;
                    return scope;
                })
                .toList();
    }

    static <E extends AuditColumns> E fill(E entity, String realmId, AuditRow row) {
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
        entity.act = row.chain().map(ActorChain::toClaim).map(RowWriter::json).orElse(null);
        entity.clientId = fit(row.client(), TEXT);
        entity.names = NameLines.of(row).orElse(null);
        entity.resource = row.resource().map(AuditField.RESOURCE::fit).orElse(null);
        List<String> scopes = scopes(row);
        List<String> kept = kept(row, scopes);
        entity.scopes = kept.isEmpty() ? null : String.join(" ", kept) + (scopes.size() > kept.size() ? MORE : "");
        entity.tokenId = fit(row.tokenId(), TEXT);
        entity.parentTokenId = fit(row.parentTokenId(), TEXT);
        entity.sessionId = fit(row.sessionId(), TEXT);
        entity.ip = fit(row.ip(), SHORT_TEXT);
        entity.error = fit(row.error(), SHORT_TEXT);
        entity.detail = fit(row.detail(), DETAIL_TEXT);
        return entity;
    }

    private static List<String> scopes(AuditRow row) {
        return row.scopes().stream().map(AuditField.SCOPE::fit).distinct().toList();
    }

    private static List<String> kept(AuditRow row, List<String> scopes) {
        int most = row.type() == RowType.TOKEN ? MOST_SCOPES : MOST_SCOPES_ASKED;
        return scopes.subList(0, Math.min(most, scopes.size()));
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

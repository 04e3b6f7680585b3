package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.audit.ActorUse;
import dev.keycloakmcp.audit.RowId;
import dev.keycloakmcp.audit.RowType;
import dev.keycloakmcp.resource.McpAttributes;
import jakarta.persistence.EntityManager;
import jakarta.persistence.TypedQuery;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** The clients of a realm that act or could act, and their use, with three queries for their use and the realm's cache for the rest. */
public final class KnownActors {

    private static final String AS_CLIENT = """
            select e.clientId, count(e.id), max(e.id) from AuditRowEntity e
            where e.realmId = :realm and e.type = :type and e.clientId is not null
            group by e.clientId
            """;

    /** Who asked for a token and acts in it has been counted. */
    private static final String AS_ACTOR = """
            select a.clientId, count(a.rowId), max(a.rowId) from AuditActorEntity a
            where a.realmId = :realm and a.behind = true
            group by a.clientId
            """;

    private static final String ONE_AS_CLIENT = AS_CLIENT.replace("group by", "and e.clientId = :client group by");
    private static final String ONE_AS_ACTOR = AS_ACTOR.replace("group by", "and a.clientId = :client group by");

    private static final String MARKED = """
            select distinct c.clientId from ClientEntity c join c.attributes a
            where c.realmId = :realm and a.name in (:names)
            """;

    private static final long MILLIS = 1000;

    private final EntityManager entities;
    private final RealmModel realm;

    public KnownActors(KeycloakSession session, RealmModel realm) {
        this.entities = session.getProvider(JpaConnectionProvider.class).getEntityManager();
        this.realm = realm;
    }

    private record Use(long count, String newest) {
        Use and(Use other) {
            return new Use(count + other.count, newest.compareTo(other.newest) < 0 ? other.newest : newest);
        }
    }

    /**
     * All of them that still exist, by client id.
     *
     * @param agents client ids of the realm's agents, used or not
     */
    public List<ActorUse> read(Set<String> agents) {
        Map<String, Use> uses =
                uses(entities.createQuery(AS_CLIENT, Object[].class), entities.createQuery(AS_ACTOR, Object[].class));
        Set<String> ids = new TreeSet<>(agents);
        ids.addAll(uses.keySet());
        ids.addAll(entities.createQuery(MARKED, String.class)
                .setParameter("realm", realm.getId())
                .setParameter("names", List.of(McpAttributes.REGISTRATION, McpAttributes.SUSPENDED))
                .getResultList());
        return ids.stream()
                .map(realm::getClientByClientId)
                .flatMap(Stream::ofNullable)
                .map(client -> use(client, uses.get(client.getClientId())))
                .toList();
    }

    /** One of them, used or not. */
    public ActorUse read(ClientModel client) {
        String clientId = client.getClientId();
        return use(
                client,
                uses(
                                entities.createQuery(ONE_AS_CLIENT, Object[].class)
                                        .setParameter("client", clientId),
                                entities.createQuery(ONE_AS_ACTOR, Object[].class)
                                        .setParameter("client", clientId))
                        .get(clientId));
    }

    /** One of them, where nobody can say how it was used. */
    public static ActorUse withoutUse(ClientModel client) {
        return use(client, OptionalLong.empty(), OptionalLong.empty());
    }

    /** True for one that the list of all has, used or not. */
    public static boolean isMarked(ClientModel client) {
        return client.getAttribute(McpAttributes.REGISTRATION) != null
                || client.getAttribute(McpAttributes.SUSPENDED) != null;
    }

    /** True for one that the list of all has since it was used. */
    public boolean isUsed(ClientModel client) {
        return read(client).count().orElse(0) > 0;
    }

    private Map<String, Use> uses(TypedQuery<Object[]> asClient, TypedQuery<Object[]> asActor) {
        asClient.setParameter("type", RowType.TOKEN.value());
        Map<String, Use> uses = new HashMap<>();
        Stream.of(asClient, asActor)
                .flatMap(query -> query.setParameter("realm", realm.getId()).getResultStream())
                .forEach(row -> uses.merge((String) row[0], new Use((Long) row[1], (String) row[2]), Use::and));
        return uses;
    }

    private static ActorUse use(ClientModel client, @Nullable Use use) {
        return use(
                client,
                use == null
                        ? OptionalLong.empty()
                        : RowId.time(use.newest()).map(OptionalLong::of).orElseGet(OptionalLong::empty),
                OptionalLong.of(use == null ? 0 : use.count()));
    }

    private static ActorUse use(ClientModel client, OptionalLong lastUsed, OptionalLong count) {
        return new ActorUse(
                client.getClientId(),
                RowClients.name(client),
                Optional.ofNullable(client.getAttribute(McpAttributes.SUSPENDED))
                        .map(reason -> new ActorUse.Stop(
                                reason,
                                seconds(client.getAttribute(McpAttributes.SUSPENDED_AT)),
                                Optional.ofNullable(client.getAttribute(McpAttributes.SUSPENDED_BY)))),
                lastUsed,
                count);
    }

    private static OptionalLong seconds(@Nullable String value) {
        return Objects.requireNonNullElse(value, "").matches("\\d{1,12}")
                ? OptionalLong.of(Long.parseLong(Objects.requireNonNullElse(value, "0")) * MILLIS)
                : OptionalLong.empty();
    }
}

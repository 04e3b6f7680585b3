package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.resource.McpAttributes;
import dev.keycloakmcp.support.provider.EpochText;
import jakarta.persistence.EntityManager;
import jakarta.persistence.TypedQuery;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.keycloak.common.util.Time;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.clientregistration.policy.RegistrationAuth;

/** The registered clients of a realm in the database; Keycloak's client provider cannot ask for an attribute alone. */
final class RegisteredClients {

    private static final String COUNT = """
            select count(a) from ClientAttributeEntity a
            where a.name = :registration and a.client.realmId = :realm
            """;

    /** Registration times are epoch seconds of ten digits: their text sorts as they do. */
    private static final String NEVER_USED = """
            select c.id from ClientEntity c join c.attributes a
            where c.realmId = :realm and a.name = :registeredAt
            and exists (select 1 from ClientAttributeEntity r where r.client = c and r.name = :registration)
            and not exists (select 1 from ClientAttributeEntity u where u.client = c and u.name in (:lastUsed, :suspended))
            order by cast(a.value as string), c.id
            """;

    private static final String ROWS = """
            select c.id, c.clientId, r.value, a.value, u.value, s.value from ClientEntity c
            join c.attributes r on r.name = :registration
            left join c.attributes a on a.name = :registeredAt
            left join c.attributes u on u.name = :lastUsed
            left join c.attributes s on s.name = :suspended
            where c.realmId = :realm
            """;

    private static final String OF_KIND = " and cast(r.value as string) = :kind";

    /** Clients that registered at no known time count as registered now. */
    private static final String UNUSED_SINCE =
            " and coalesce(cast(u.value as string), cast(a.value as string), :now) < :time";

    private static final String WITH_ID = " and c.id in :ids";

    private static final String IN_ORDER = " order by c.id";

    private static final String REALMS = """
            select distinct c.realm.id from ComponentEntity c where c.providerId = :policy
            """;

    private final KeycloakSession session;
    private final RealmModel realm;

    RegisteredClients(KeycloakSession session, RealmModel realm) {
        this.session = session;
        this.realm = realm;
    }

    long count() {
        return entities()
                .createQuery(COUNT, Long.class)
                .setParameter("realm", realm.getId())
                .setParameter("registration", McpAttributes.REGISTRATION)
                .getSingleResult();
    }

    /** Internal ids of clients that nobody used yet, the oldest first; suspended ones are none. */
    List<String> neverUsed(int most) {
        return query(NEVER_USED, String.class).setMaxResults(most).getResultList();
    }

    /** All of them, in a stable order. */
    List<RegisteredClientRow> all() {
        return rows(query(ROWS + IN_ORDER, Object[].class));
    }

    /** Those of them that are still there. */
    List<RegisteredClientRow> withIds(List<String> ids) {
        return rows(query(ROWS + WITH_ID + IN_ORDER, Object[].class).setParameter("ids", ids));
    }

    /**
     * A page, in a stable order.
     *
     * @param kind how they registered; empty for all
     * @param unusedSince epoch seconds before which they were last used, or registered; empty for all
     */
    List<RegisteredClientRow> page(Optional<RegistrationAuth> kind, OptionalLong unusedSince, int first, int max) {
        TypedQuery<Object[]> query = query(
                ROWS + (kind.isPresent() ? OF_KIND : "") + (unusedSince.isPresent() ? UNUSED_SINCE : "") + IN_ORDER,
                Object[].class);
        kind.ifPresent(value -> query.setParameter("kind", Provenance.value(value)));
        unusedSince.ifPresent(time ->
                query.setParameter("now", EpochText.of(Time.currentTime())).setParameter("time", EpochText.of(time)));
        return rows(query.setFirstResult(first).setMaxResults(max));
    }

    private <T> TypedQuery<T> query(String text, Class<T> result) {
        return entities()
                .createQuery(text, result)
                .setParameter("realm", realm.getId())
                .setParameter("registration", McpAttributes.REGISTRATION)
                .setParameter("registeredAt", McpAttributes.REGISTERED_AT)
                .setParameter("lastUsed", ClientUse.LAST_USED)
                .setParameter("suspended", McpAttributes.SUSPENDED);
    }

    private static List<RegisteredClientRow> rows(TypedQuery<Object[]> query) {
        return query.getResultStream()
                .flatMap(columns -> RegisteredClientRow.of(columns).stream())
                .toList();
    }

    /** Ids of the realms that have the policy. */
    static List<String> realms(KeycloakSession session) {
        return session.getProvider(JpaConnectionProvider.class)
                .getEntityManager()
                .createQuery(REALMS, String.class)
                .setParameter("policy", McpClientRegistrationPolicyFactory.PROVIDER_ID)
                .getResultList();
    }

    private EntityManager entities() {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}

package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.consent.ConsentSubject;
import jakarta.persistence.EntityManager;
import java.util.Set;
import java.util.stream.Collectors;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserConsentModel;

/**
 * The answers that people gave, in a table that only this class writes. An answer is bound to the consent that Keycloak
 * stores: when that is revoked, in the account console or by an administrator, it no longer counts.
 */
final class ConsentMemory {

    private final KeycloakSession session;

    ConsentMemory(KeycloakSession session) {
        this.session = session;
    }

    /** Those keys of the subject that were allowed with the consent. */
    Set<String> recall(ConsentSubject subject, UserConsentModel consent) {
        return entities()
                .createQuery(
                        "select c.id from RememberedConsentEntity c where c.id in :ids and c.consentCreated = :created",
                        String.class)
                .setParameter("ids", subject.keys())
                .setParameter("created", consent.getCreatedDate())
                .getResultStream()
                .collect(Collectors.toUnmodifiableSet());
    }

    /** Left to the database, so that two answers at the same instant do not collide. */
    void remember(RealmModel realm, ConsentSubject subject, UserConsentModel consent) {
        // in one order, so that two answers do not wait for each other
        subject.keys().stream().sorted().forEach(key -> entities()
                .createQuery("insert into RememberedConsentEntity (id, realmId, userId, clientId, consentCreated)"
                        + " values (:id, :realm, :user, :client, :created)"
                        + " on conflict (id) do update set consentCreated = excluded.consentCreated")
                .setParameter("id", key)
                .setParameter("realm", realm.getId())
                .setParameter("user", subject.userId())
                .setParameter("client", subject.clientId())
                .setParameter("created", consent.getCreatedDate())
                .executeUpdate());
    }

    void forgetUserAtClient(String userId, String clientId) {
        entities()
                .createQuery("delete from RememberedConsentEntity c where c.userId = :user and c.clientId = :client")
                .setParameter("user", userId)
                .setParameter("client", clientId)
                .executeUpdate();
    }

    void forgetUser(String userId) {
        forgetBy("userId", userId);
    }

    void forgetClient(String clientId) {
        forgetBy("clientId", clientId);
    }

    void forgetRealm(String realmId) {
        forgetBy("realmId", realmId);
    }

    private void forgetBy(String attribute, String value) {
        entities()
                .createQuery("delete from RememberedConsentEntity c where c." + attribute + " = :value")
                .setParameter("value", value)
                .executeUpdate();
    }

    private EntityManager entities() {
        return session.getProvider(JpaConnectionProvider.class).getEntityManager();
    }
}

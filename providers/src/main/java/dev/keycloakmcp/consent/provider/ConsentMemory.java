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

    void remember(RealmModel realm, ConsentSubject subject, UserConsentModel consent) {
        EntityManager entities = entities();
        long created = consent.getCreatedDate();
        for (String key : subject.keys()) {
            RememberedConsentEntity known = entities.find(RememberedConsentEntity.class, key);
            if (known == null) {
                entities.persist(
                        new RememberedConsentEntity(key, realm.getId(), subject.userId(), subject.clientId(), created));
            } else {
                known.renew(created);
            }
        }
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

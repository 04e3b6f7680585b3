package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.consent.AccessTime;
import dev.keycloakmcp.consent.AllowedTime;
import dev.keycloakmcp.consent.ConsentSubject;
import jakarta.persistence.EntityManager;
import java.util.Map;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.ModelDuplicateException;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserConsentModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * The answers that people gave, in a table that only this class writes. An answer is bound to the consent that Keycloak
 * stores: when that is revoked, in the account console or by an administrator, it no longer counts.
 */
final class ConsentMemory {

    private static final Logger LOG = Logger.getLogger(ConsentMemory.class);
    private static final int TRIES = 5;

    private final KeycloakSession session;

    ConsentMemory(KeycloakSession session) {
        this.session = session;
    }

    /**
     * The keys of all that a person allowed a client with the consent, for how long; none where no policy governed the
     * logins.
     */
    Map<String, AllowedTime> recall(String userId, String clientId, UserConsentModel consent) {
        return entities()
                .createQuery(
                        "select c from RememberedConsentEntity c where c.userId = :user and c.clientId = :client"
                                + " and c.consentCreated = :created",
                        RememberedConsentEntity.class)
                .setParameter("user", userId)
                .setParameter("client", clientId)
                .setParameter("created", consent.getCreatedDate())
                .getResultStream()
                .collect(Collectors.toUnmodifiableMap(answer -> answer.id, RememberedConsentEntity::allowed));
    }

    /**
     * Written once the request's own transaction, which holds the consent, is through: the same answer given twice at one
     * instant must not fail a login.
     */
    void remember(RealmModel realm, ConsentSubject subject, AccessTime time, UserConsentModel consent) {
        KeycloakSessionFactory factory = session.getKeycloakSessionFactory();
        String realmId = realm.getId();
        long created = consent.getCreatedDate();
        session.getTransactionManager().enlistAfterCompletion(new AbstractKeycloakTransaction() {
            @Override
            protected void commitImpl() {
                write(factory, realmId, subject, time, created);
            }

            @Override
            protected void rollbackImpl() {}
        });
    }

    private static void write(
            KeycloakSessionFactory factory, String realmId, ConsentSubject subject, AccessTime time, long created) {
        for (int tried = 0; tried < TRIES; tried++) {
            try {
                KeycloakModelUtils.runJobInTransaction(
                        factory, other -> new ConsentMemory(other).write(realmId, subject, time, created));
                return;
            } catch (ModelDuplicateException e) {
                LOG.debugf(e, "Somebody else remembered an answer of user %s", subject.userId());
            }
        }
        LOG.warnf("An answer of user %s is not remembered; they will be asked again", subject.userId());
    }

    /** With the place that the answer goes to, for later logins, and without it, for token requests. */
    private void write(String realmId, ConsentSubject subject, AccessTime time, long created) {
        EntityManager entities = entities();
        for (String key : subject.keysHereAndAnywhere()) {
            RememberedConsentEntity known = entities.find(RememberedConsentEntity.class, key);
            if (known == null) {
                RememberedConsentEntity answer = new RememberedConsentEntity();
                answer.id = key;
                answer.realmId = realmId;
                answer.userId = subject.userId();
                answer.clientId = subject.clientId();
                answer.consentCreated = created;
                answer.allow(AllowedTime.NONE.with(time));
                entities.persist(answer);
            } else {
                AllowedTime before = known.consentCreated == created ? known.allowed() : AllowedTime.NONE;
                known.consentCreated = created;
                known.allow(before.with(time));
            }
        }
        entities.flush(); // here Keycloak tells a duplicate from other failures
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

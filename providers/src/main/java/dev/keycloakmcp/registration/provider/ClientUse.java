package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.registration.ClientLifetime;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jboss.logging.Logger;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.ModelException;
import org.keycloak.models.jpa.entities.ClientAttributeEntity;
import org.keycloak.models.jpa.entities.ClientEntity;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Notes when registered clients are used: once a day for a client, after the transaction of the token, and past the
 * realm cache, which tokens must not invalidate. Who wants to know reads the database.
 */
final class ClientUse {

    /** Attribute, epoch seconds of the first token. */
    static final String FIRST_USED = "mcp.first-used";
    /** Attribute, epoch seconds of the last use that was noted. */
    static final String LAST_USED = "mcp.last-used";

    private static final Logger LOG = Logger.getLogger(ClientUse.class);
    private static final int MOST_REMEMBERED = 20_000;

    private static final String IS_NOTED = """
            select count(a) from ClientAttributeEntity a
            where a.name = :name and a.client.id = :client and cast(a.value as string) > :due
            """;

    private static final String UPDATE = """
            update ClientAttributeEntity a set a.value = :now
            where a.name = :name and a.client.id = :client
            """;

    /** When this node noted a client last, by internal id, so that most tokens cost nothing. */
    private final Map<String, Integer> noted = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > MOST_REMEMBERED;
        }
    };

    /** Notes a use of a registered client when the current transaction is through. */
    void note(KeycloakSession session, ClientModel client, int now) {
        if (Provenance.of(client).isEmpty() || !isDue(client.getId(), now)) {
            return;
        }
        KeycloakSessionFactory factory = session.getKeycloakSessionFactory();
        String id = client.getId();
        session.getTransactionManager().enlistAfterCompletion(new AbstractKeycloakTransaction() {
            @Override
            protected void commitImpl() {
                write(factory, id, now);
            }

            @Override
            protected void rollbackImpl() {}
        });
    }

    private boolean isDue(String id, int now) {
        synchronized (noted) {
            Integer last = noted.get(id);
            if (last != null && now - last < ClientLifetime.USE_RESOLUTION_SECONDS) {
                return false;
            }
            noted.put(id, now);
            return true;
        }
    }

    private static void write(KeycloakSessionFactory factory, String id, int now) {
        try {
            KeycloakModelUtils.runJobInTransaction(factory, session -> {
                EntityManager entities =
                        session.getProvider(JpaConnectionProvider.class).getEntityManager();
                if (isNoted(entities, id, now)) {
                    return; // by another node, or before this one was started
                }
                int known = entities.createQuery(UPDATE)
                        .setParameter("now", Integer.toString(now))
                        .setParameter("name", LAST_USED)
                        .setParameter("client", id)
                        .executeUpdate();
                if (known == 0) {
                    add(entities, id, FIRST_USED, now);
                    add(entities, id, LAST_USED, now);
                }
            });
        } catch (PersistenceException | ModelException e) {
            // another node was faster, or the client is gone; the token is out either way
            LOG.debugf(e, "Could not note the use of client %s", id);
        }
    }

    private static boolean isNoted(EntityManager entities, String id, int now) {
        return entities.createQuery(IS_NOTED, Long.class)
                        .setParameter("name", LAST_USED)
                        .setParameter("client", id)
                        .setParameter("due", EpochText.of(now - ClientLifetime.USE_RESOLUTION_SECONDS))
                        .getSingleResult()
                > 0;
    }

    private static void add(EntityManager entities, String id, String name, int now) {
        ClientAttributeEntity attribute = new ClientAttributeEntity();
        attribute.setClient(entities.getReference(ClientEntity.class, id));
        attribute.setName(name);
        attribute.setValue(Integer.toString(now));
        entities.persist(attribute);
    }
}

package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.registration.ClientLifetime;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import java.util.LinkedHashMap;
import java.util.List;
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

    private static final String NOTED = """
            select a from ClientAttributeEntity a where a.name = :name and a.client.id = :client
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
            protected void rollbackImpl() {
                forget(id);
            }
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

    private void remember(String id, int last) {
        synchronized (noted) {
            noted.put(id, last);
        }
    }

    /** The next token tries again. */
    private void forget(String id) {
        synchronized (noted) {
            noted.remove(id);
        }
    }

    private void write(KeycloakSessionFactory factory, String id, int now) {
        try {
            KeycloakModelUtils.runJobInTransaction(factory, session -> {
                EntityManager entities =
                        session.getProvider(JpaConnectionProvider.class).getEntityManager();
                List<ClientAttributeEntity> known = entities.createQuery(NOTED, ClientAttributeEntity.class)
                        .setParameter("name", LAST_USED)
                        .setParameter("client", id)
                        .getResultList();
                if (known.isEmpty()) {
                    add(entities, id, FIRST_USED, now);
                    add(entities, id, LAST_USED, now);
                    return;
                }
                int last = (int)
                        RegisteredClientRow.seconds(known.get(0).getValue()).orElse(0);
                if (now - last >= ClientLifetime.USE_RESOLUTION_SECONDS) {
                    known.get(0).setValue(Integer.toString(now));
                } else {
                    remember(id, last); // noted by another node, or by this one before it was restarted
                }
            });
        } catch (PersistenceException | ModelException e) {
            // another node was faster, or the client is gone; the token is out either way
            forget(id);
            LOG.debugf(e, "Could not note the use of client %s", id);
        }
    }

    private static void add(EntityManager entities, String id, String name, int now) {
        ClientAttributeEntity attribute = new ClientAttributeEntity();
        attribute.setClient(entities.getReference(ClientEntity.class, id));
        attribute.setName(name);
        attribute.setValue(Integer.toString(now));
        entities.persist(attribute);
    }
}

package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.registration.ClientLifetime;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
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
            select a.value from ClientAttributeEntity a where a.name = :name and a.client.id = :client
            """;

    private static final String UPDATE = """
            update ClientAttributeEntity a set a.value = :now
            where a.name = :name and a.client.id = :client
            """;

    /** When a use of a client was noted last, as far as this node knows, by internal id, so that most tokens cost nothing. */
    private final Map<String, Long> noted = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
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
            Long last = noted.get(id);
            if (last != null && now - last < ClientLifetime.USE_RESOLUTION_SECONDS) {
                return false;
            }
            noted.put(id, (long) now);
            return true;
        }
    }

    private void write(KeycloakSessionFactory factory, String id, int now) {
        try {
            KeycloakModelUtils.runJobInTransaction(factory, session -> {
                EntityManager entities =
                        session.getProvider(JpaConnectionProvider.class).getEntityManager();
                OptionalLong known = known(entities, id);
                if (known.isEmpty()) {
                    add(entities, id, FIRST_USED, now);
                    add(entities, id, LAST_USED, now);
                } else if (now - known.getAsLong() >= ClientLifetime.USE_RESOLUTION_SECONDS) {
                    entities.createQuery(UPDATE)
                            .setParameter("now", Integer.toString(now))
                            .setParameter("name", LAST_USED)
                            .setParameter("client", id)
                            .executeUpdate();
                } else {
                    // by another node, or before this one was started
                    remember(id, known.getAsLong());
                }
            });
        } catch (PersistenceException | ModelException e) {
            // another node was faster, or the client is gone; the token is out either way
            LOG.debugf(e, "Could not note the use of client %s", id);
        }
    }

    private void remember(String id, long time) {
        synchronized (noted) {
            noted.put(id, time);
        }
    }

    /** When a use was noted last; a value that is no time counts as long ago. */
    private static OptionalLong known(EntityManager entities, String id) {
        return entities.createQuery(NOTED, String.class)
                .setParameter("name", LAST_USED)
                .setParameter("client", id)
                .getResultStream()
                .mapToLong(value -> RegisteredClients.number(value).orElse(0))
                .findFirst();
    }

    private static void add(EntityManager entities, String id, String name, int now) {
        ClientAttributeEntity attribute = new ClientAttributeEntity();
        attribute.setClient(entities.getReference(ClientEntity.class, id));
        attribute.setName(name);
        attribute.setValue(Integer.toString(now));
        entities.persist(attribute);
    }
}

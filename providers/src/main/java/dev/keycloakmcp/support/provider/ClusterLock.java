package dev.keycloakmcp.support.provider;

import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/** A lock that one transaction in the cluster holds until it ends. */
public final class ClusterLock {

    /** Nothing that holds a lock takes longer; a node that dies leaves it behind for that long. */
    private static final int LIFESPAN_SECONDS = 30;

    private static final int TRIES = 200;
    private static final long PAUSE_MILLIS = 50;

    private final KeycloakSession session;

    public ClusterLock(KeycloakSession session) {
        this.session = session;
    }

    /**
     * Waits for the lock. Whoever holds it must not ask for it again.
     *
     * @return false where others kept it for ten seconds
     */
    public boolean acquire(String key) {
        for (int tried = 0; tried < TRIES; tried++) {
            if (session.singleUseObjects().putIfAbsent(key, LIFESPAN_SECONDS)) {
                releaseAfterwards(key);
                return true;
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return false;
    }

    /**
     * Waits for the lock of a client. Whoever takes it before looking at the client sees what others did with the lock.
     *
     * @return false where others kept it for ten seconds
     */
    public boolean acquireClient(RealmModel realm, String clientId) {
        return acquire("mcp-client:" + realm.getId() + ":" + clientId);
    }

    private void releaseAfterwards(String key) {
        KeycloakSessionFactory factory = session.getKeycloakSessionFactory();
        session.getTransactionManager().enlistAfterCompletion(new AbstractKeycloakTransaction() {
            @Override
            protected void commitImpl() {
                release();
            }

            @Override
            protected void rollbackImpl() {
                release();
            }

            private void release() {
                KeycloakModelUtils.runJobInTransaction(
                        factory, other -> other.singleUseObjects().remove(key));
            }
        });
    }
}

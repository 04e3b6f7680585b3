package dev.keycloakmcp.support.provider;

import dev.keycloakmcp.support.LeaseLocks;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.jboss.logging.Logger;
import org.keycloak.cluster.ClusterProvider;
import org.keycloak.keys.infinispan.PublicKeyStorageInvalidationEvent;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Locks in Keycloak's store of single-use objects, which is there with any cache and with none. Its {@code putIfAbsent}
 * is atomic and {@link SharedMarks immediate}, but takes no value, and {@code remove} takes no condition: an owner's name in the entry could
 * only be read and then removed, in two steps. So the owner is told by time: a lock that may have ended is not removed.
 */
final class SingleUseClusterLock implements ClusterLock {

    /** Key under which nodes tell each other of locks that were released. */
    static final String RELEASED = "mcp-cluster-lock-released";

    private static final Logger LOG = Logger.getLogger(SingleUseClusterLock.class);

    private static final String CLAIMED = ":claimed";
    /** As long as anybody waits for a lock; the mark of a node that dies is gone soon. */
    private static final Duration CLAIM = Duration.ofSeconds(10);

    private final KeycloakSession session;
    private final LeaseLocks locks;
    private final Set<String> held = new HashSet<>();

    SingleUseClusterLock(KeycloakSession session, LeaseLocks locks) {
        this.session = session;
        this.locks = locks;
    }

    @Override
    public <X extends Exception> void hold(String key, Supplier<X> busy) throws X {
        if (held.contains(key)) {
            return;
        }
        if (store(session).contains(key + CLAIMED)) {
            throw busy.get();
        }
        take(key, busy);
    }

    @Override
    public <X extends Exception> void holdFirst(String key, Supplier<X> busy) throws X {
        if (held.contains(key)) {
            return;
        }
        LeaseLocks.Store store = store(session);
        store.putIfAbsent(key + CLAIMED, CLAIM);
        try {
            take(key, busy);
        } finally {
            store.remove(key + CLAIMED);
        }
    }

    private <X extends Exception> void take(String key, Supplier<X> busy) throws X {
        LeaseLocks.Lease lease = locks.take(store(session), key).orElse(null);
        if (lease == null) {
            throw busy.get();
        }
        held.add(key);
        KeycloakSessionFactory factory = session.getKeycloakSessionFactory();
        session.getTransactionManager().enlistAfterCompletion(new AbstractKeycloakTransaction() {
            @Override
            protected void commitImpl() {
                try {
                    KeycloakModelUtils.runJobInTransaction(factory, other -> release(other, lease));
                } catch (RuntimeException e) {
                    // The request is through. What is not released ends by its lifespan; who waits looks again by
                    // itself.
                    LOG.warnf(e, "Could not release the lock %s", lease.key());
                }
            }

            @Override
            protected void rollbackImpl() {
                commitImpl();
            }
        });
    }

    /** Keycloak carries only its own events to other nodes; this one holds a text, and only our listeners get it. */
    private void release(KeycloakSession other, LeaseLocks.Lease lease) {
        if (locks.release(store(other), lease)) {
            other.getProvider(ClusterProvider.class)
                    .notify(
                            RELEASED,
                            PublicKeyStorageInvalidationEvent.create(lease.key()),
                            true,
                            ClusterProvider.DCNotify.LOCAL_DC_ONLY);
        }
    }

    private static LeaseLocks.Store store(KeycloakSession session) {
        SharedMarks marks = SharedMarks.of(session);
        return new LeaseLocks.Store() {
            @Override
            public boolean putIfAbsent(String key, Duration lifespan) {
                return marks.putIfAbsent(key, lifespan.toSeconds());
            }

            @Override
            public boolean contains(String key) {
                return marks.contains(key);
            }

            @Override
            public void remove(String key) {
                marks.remove(key);
            }
        };
    }
}

package dev.keycloakmcp.support.provider;

import java.util.function.Supplier;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.Provider;

/**
 * Locks that hold in the whole cluster, until the transaction of the request has ended and the caches know of it.
 *
 * <p>A lock is an entry of Keycloak's store of single-use objects ({@link SingleUseClusterLock}). It is not a lock on a
 * row of the database: such a lock ends with the database's commit, before Keycloak writes sessions and tells the caches
 * of the other nodes, so that the next request would decide by what is outdated. Nor has what is locked always a row: a
 * client that is being registered has none yet, and neither has a person's first consent. Keycloak's {@code
 * ClusterProvider.executeIfNotExecuted} does not wait, and ends with the task, not with the transaction.
 */
public interface ClusterLock extends Provider {

    /** Seconds after which a request that did not get a lock may come again ({@code Retry-After}). */
    int RETRY_SECONDS = 1;

    /**
     * Takes a lock, or waits for it ten seconds at most. A session that has it already keeps it.
     *
     * @param busy what to throw where others kept it
     */
    <X extends Exception> void hold(String key, Supplier<X> busy) throws X;

    /**
     * The same for who must not wait behind others that keep coming: from now on only those get the lock that wait for it
     * already.
     */
    <X extends Exception> void holdFirst(String key, Supplier<X> busy) throws X;

    static ClusterLock of(KeycloakSession session) {
        return session.getProvider(ClusterLock.class);
    }

    /** The key of the lock on a client, whether it is there yet or not. */
    static String client(RealmModel realm, String clientId) {
        return "mcp-client:" + realm.getId() + ":" + clientId;
    }

    @Override
    default void close() {}
}

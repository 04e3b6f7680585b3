package dev.keycloakmcp.support.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.LeaseLocks;
import java.time.Duration;
import org.keycloak.cluster.ClusterProvider;
import org.keycloak.keys.infinispan.PublicKeyStorageInvalidationEvent;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.models.utils.PostMigrationEvent;

/** Holds the threads of the node that wait for locks, and hears of locks that other nodes released. */
@AutoService(ClusterLockFactory.class)
public final class ClusterLockFactory implements UnconfiguredFactory<ClusterLock> {

    static final String PROVIDER_ID = "default";

    /** Nothing that holds a lock takes longer. */
    private static final Duration LIFESPAN = Duration.ofSeconds(30);

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration RECHECK = Duration.ofSeconds(1);

    private final LeaseLocks locks = new LeaseLocks(LIFESPAN, PATIENCE, RECHECK, System::nanoTime);

    @Override
    public ClusterLock create(KeycloakSession session) {
        return new SingleUseClusterLock(session, locks);
    }

    @Override
    public void postInit(KeycloakSessionFactory factory) {
        factory.register(event -> {
            if (event instanceof PostMigrationEvent started) {
                KeycloakModelUtils.runJobInTransaction(started.getFactory(), this::listen);
            }
        });
    }

    private void listen(KeycloakSession session) {
        session.getProvider(ClusterProvider.class).registerListener(SingleUseClusterLock.RELEASED, event -> {
            if (event instanceof PublicKeyStorageInvalidationEvent released) {
                locks.wake(released.getCacheKey());
            }
        });
    }

    @Override
    public String getId() {
        return PROVIDER_ID;
    }
}

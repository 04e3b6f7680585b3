package dev.keycloakmcp.resource.provider;

import dev.keycloakmcp.resource.McpAttributes;
import dev.keycloakmcp.resource.McpServers;
import org.keycloak.cluster.ClusterProvider;
import org.keycloak.models.AbstractKeycloakTransaction;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.models.utils.PostMigrationEvent;
import org.keycloak.provider.ProviderEvent;
import org.keycloak.provider.ProviderEventListener;

/**
 * Keeps {@link McpServerCache} true: changes of this node evict when their transaction commits, changes of other nodes
 * arrive as the invalidation events of Keycloak's own realm cache.
 */
final class McpServerInvalidation implements ProviderEventListener {

    // InfinispanCacheRealmProviderFactory.REALM_INVALIDATION_EVENTS and REALM_CLEAR_CACHE_EVENTS
    private static final String REALM_INVALIDATION_EVENTS = "REALM_INVALIDATION_EVENTS";
    private static final String REALM_CLEAR_CACHE_EVENTS = "REALM_CLEAR_CACHE_EVENTS";
    private static final String PENDING = McpServerInvalidation.class.getName() + ".";

    private final McpServerCache cache;

    McpServerInvalidation(McpServerCache cache) {
        this.cache = cache;
    }

    @Override
    public void onEvent(ProviderEvent event) {
        if (event instanceof ClientModel.ClientUpdatedEvent updated) {
            clientChanged(updated.getKeycloakSession(), updated.getUpdatedClient());
        } else if (event instanceof ClientModel.ClientRemovedEvent removed) {
            clientChanged(removed.getKeycloakSession(), removed.getClient());
        } else if (event instanceof RealmModel.RealmRemovedEvent removed) {
            evictOnCommit(removed.getKeycloakSession(), removed.getRealm().getId());
        } else if (event instanceof PostMigrationEvent started) {
            KeycloakModelUtils.runJobInTransaction(started.getFactory(), session -> {
                ClusterProvider cluster = session.getProvider(ClusterProvider.class);
                cluster.registerListener(REALM_INVALIDATION_EVENTS, changed -> cache.evictAll());
                cluster.registerListener(REALM_CLEAR_CACHE_EVENTS, cleared -> cache.evictAll());
            });
        }
    }

    /** True when this session changed the realm's servers and has not committed yet. */
    static boolean isPending(KeycloakSession session, String realmId) {
        return session.getAttribute(PENDING + realmId) != null;
    }

    private void clientChanged(KeycloakSession session, ClientModel client) {
        String realmId = client.getRealm().getId();
        McpServers cached = cache.peek(realmId);
        boolean isServer = client.getAttribute(McpAttributes.RESOURCE_URL) != null;
        boolean wasServer = cached == null
                || cached.all().stream().anyMatch(server -> server.id().equals(client.getId()));
        if (isServer || wasServer) {
            evictOnCommit(session, realmId);
        }
    }

    private void evictOnCommit(KeycloakSession session, String realmId) {
        if (isPending(session, realmId)) {
            return;
        }
        session.setAttribute(PENDING + realmId, Boolean.TRUE);
        session.getTransactionManager().enlistAfterCompletion(new AbstractKeycloakTransaction() {
            @Override
            protected void commitImpl() {
                cache.evict(realmId);
            }

            @Override
            protected void rollbackImpl() {
                cache.evict(realmId);
            }
        });
    }
}

package dev.keycloakmcp.registration.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.Replacement;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.cache.CacheRealmProvider;
import org.keycloak.models.cache.CacheRealmProviderFactory;
import org.keycloak.models.cache.infinispan.InfinispanCacheRealmProviderFactory;

/**
 * Keycloak's realm cache, which every look-up of a client and of its scopes passes. Registered clients have the scopes of
 * the realm's MCP servers as they are now, whenever the client registered; everything else is Keycloak's own.
 */
@AutoService(CacheRealmProviderFactory.class)
public final class McpRealmCacheProviderFactory extends InfinispanCacheRealmProviderFactory {

    @Override
    public CacheRealmProvider create(KeycloakSession session) {
        if (realmCache == null) {
            return super.create(session); // the first one of the node fills the field
        }
        return new McpRealmCache(realmCache, session);
    }

    @Override
    public int order() {
        return Replacement.order(super.order());
    }
}

package dev.keycloakmcp.registration.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.Replacement;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.cache.CacheRealmProvider;
import org.keycloak.models.cache.CacheRealmProviderFactory;
import org.keycloak.models.cache.infinispan.InfinispanCacheRealmProviderFactory;
import org.keycloak.models.cache.infinispan.RealmCacheManager;
import org.keycloak.models.cache.infinispan.RealmCacheSession;

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
        return new Cache(realmCache, session);
    }

    @Override
    public int order() {
        return Replacement.order(super.order());
    }

    private static final class Cache extends RealmCacheSession {

        Cache(RealmCacheManager cache, KeycloakSession session) {
            super(cache, session);
        }

        @Override
        public @Nullable ClientModel getClientById(RealmModel realm, String id) {
            return wrapped(realm, super.getClientById(realm, id));
        }

        @Override
        public @Nullable ClientModel getClientByClientId(RealmModel realm, String clientId) {
            return wrapped(realm, super.getClientByClientId(realm, clientId));
        }

        private @Nullable ClientModel wrapped(RealmModel realm, @Nullable ClientModel client) {
            if (client == null
                    || client instanceof RegisteredClientModel
                    || Provenance.rulesOf(realm, client).isEmpty()) {
                return client;
            }
            return Provenance.of(client).isPresent()
                    ? new RegisteredClientModel(session, realm, client)
                    : new MetadataDocumentModel(session, realm, client);
        }

        @Override
        public Map<String, ClientScopeModel> getClientScopes(
                RealmModel realm, ClientModel client, boolean defaultScopes) {
            Map<String, ClientScopeModel> assigned = super.getClientScopes(realm, client, defaultScopes);
            return defaultScopes
                            || assigned == null
                            || Provenance.rulesOf(realm, client).isEmpty()
                    ? assigned
                    : new RegisteredClientScopes(session, realm)
                            .optional(client, assigned, super.getClientScopes(realm, client, true));
        }
    }
}

package dev.keycloakmcp.registration.provider;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.cache.infinispan.RealmCacheManager;
import org.keycloak.models.cache.infinispan.RealmCacheSession;

/** The realm cache of a session: registered clients are wrapped, and have the scopes of the servers as they are now. */
final class McpRealmCache extends RealmCacheSession {

    McpRealmCache(RealmCacheManager cache, KeycloakSession session) {
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
    public Map<String, ClientScopeModel> getClientScopes(RealmModel realm, ClientModel client, boolean defaultScopes) {
        Map<String, ClientScopeModel> assigned = super.getClientScopes(realm, client, defaultScopes);
        return defaultScopes
                        || assigned == null
                        || Provenance.rulesOf(realm, client).isEmpty()
                ? assigned
                : RegisteredClientScopes.of(session, realm)
                        .optional(client, assigned, super.getClientScopes(realm, client, true));
    }
}

package dev.keycloakmcp.consent.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.Replacement;
import org.jspecify.annotations.Nullable;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserConsentModel;
import org.keycloak.models.cache.UserCache;
import org.keycloak.models.cache.UserCacheProviderFactory;
import org.keycloak.models.cache.infinispan.InfinispanUserCacheProviderFactory;
import org.keycloak.models.cache.infinispan.UserCacheManager;
import org.keycloak.models.cache.infinispan.UserCacheSession;

/**
 * Keycloak's user cache, which every look-up of a consent passes where it is on; there {@link CountedConsents} decides.
 * Everything else is Keycloak's own.
 */
@AutoService(UserCacheProviderFactory.class)
public final class McpUserCacheProviderFactory extends InfinispanUserCacheProviderFactory {

    /** True on servers without the user cache. Which ones these are is decided when the server is built. */
    static boolean isOff() {
        return !new InfinispanUserCacheProviderFactory().isSupported(Config.scope("userCache", "default"));
    }

    @Override
    public UserCache create(KeycloakSession session) {
        if (userCache == null) {
            return super.create(session); // the first one of the node fills the field
        }
        return new Cache(userCache, session);
    }

    @Override
    public int order() {
        return Replacement.order(super.order());
    }

    private static final class Cache extends UserCacheSession {

        private final CountedConsents counted;

        Cache(UserCacheManager cache, KeycloakSession session) {
            super(cache, session);
            this.counted = new CountedConsents(session);
        }

        @Override
        public @Nullable UserConsentModel getConsentByClient(RealmModel realm, String userId, String clientId) {
            return counted.find(realm, userId, clientId, super::getConsentByClient);
        }

        @Override
        public void addConsent(RealmModel realm, String userId, UserConsentModel consent) {
            super.addConsent(realm, userId, consent);
            counted.find(realm, userId, consent.getClient().getId(), super::getConsentByClient);
        }

        @Override
        public void updateConsent(RealmModel realm, String userId, UserConsentModel consent) {
            super.updateConsent(realm, userId, counted.shown(realm, userId, consent, super::getConsentByClient));
        }

        @Override
        public boolean revokeConsentForClient(RealmModel realm, String userId, String clientId) {
            return counted.revoked(userId, clientId, super.revokeConsentForClient(realm, userId, clientId));
        }
    }
}

package dev.keycloakmcp.consent.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.consent.ConsentSubject;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserConsentModel;
import org.keycloak.models.cache.UserCache;
import org.keycloak.models.cache.UserCacheProviderFactory;
import org.keycloak.models.cache.infinispan.InfinispanUserCacheProviderFactory;
import org.keycloak.models.cache.infinispan.UserCacheManager;
import org.keycloak.models.cache.infinispan.UserCacheSession;

/**
 * Keycloak's user cache, which every look-up of a consent passes. Keycloak remembers consent per client and scope; for
 * clients that MCP policies govern, a login sees an earlier consent only if it was for the same MCP server, the same
 * scopes and the same place to which the answer goes. Everything else is Keycloak's own.
 */
@AutoService(UserCacheProviderFactory.class)
public final class McpUserCacheProviderFactory extends InfinispanUserCacheProviderFactory {

    @Override
    public UserCache create(KeycloakSession session) {
        if (userCache == null) {
            return super.create(session); // the first one of the node fills the field
        }
        return new Cache(userCache, session);
    }

    @Override
    public int order() {
        return super.order() + 1;
    }

    private static final class Cache extends UserCacheSession {

        Cache(UserCacheManager cache, KeycloakSession session) {
            super(cache, session);
        }

        @Override
        public @Nullable UserConsentModel getConsentByClient(RealmModel realm, String userId, String clientId) {
            @Nullable UserConsentModel consent = super.getConsentByClient(realm, userId, clientId);
            if (consent == null) {
                return null;
            }
            Optional<ConsentRequest> request = ConsentRequest.governed(session, userId, clientId);
            if (request.isEmpty()) {
                return consent;
            }
            ConsentSubject subject = request.get().subject(session);
            ConsentMemory memory = new ConsentMemory(session);
            if (ConsentForm.isAccepted(session)) {
                if (ConsentForm.wasShown(request.get().login())) {
                    memory.remember(realm, subject, consent);
                }
                return consent;
            }
            Set<String> remembered = memory.recall(subject, consent);
            if (request.get().mayRemember() && subject.isCoveredBy(remembered)) {
                return consent;
            }
            AskedAgain.note(session, subject, remembered);
            return null;
        }

        @Override
        public void addConsent(RealmModel realm, String userId, UserConsentModel consent) {
            super.addConsent(realm, userId, consent);
            getConsentByClient(realm, userId, consent.getClient().getId());
        }

        @Override
        public boolean revokeConsentForClient(RealmModel realm, String userId, String clientInternalId) {
            boolean revoked = super.revokeConsentForClient(realm, userId, clientInternalId);
            if (revoked) {
                new ConsentMemory(session).forgetUserAtClient(userId, clientInternalId);
            }
            return revoked;
        }
    }
}

package dev.keycloakmcp.consent.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.Replacement;
import jakarta.persistence.EntityManager;
import org.jspecify.annotations.Nullable;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserConsentModel;
import org.keycloak.storage.federated.UserFederatedStorageProvider;
import org.keycloak.storage.federated.UserFederatedStorageProviderFactory;
import org.keycloak.storage.jpa.JpaUserFederatedStorageProvider;
import org.keycloak.storage.jpa.JpaUserFederatedStorageProviderFactory;

/** Keycloak's store for users of other directories, which looks up consents on servers without the user cache. */
@AutoService(UserFederatedStorageProviderFactory.class)
public final class McpFederatedConsentFactory extends JpaUserFederatedStorageProviderFactory {

    @Override
    public UserFederatedStorageProvider create(KeycloakSession session) {
        return CountedConsents.areNotCached(session)
                ? new Consents(
                        session,
                        session.getProvider(JpaConnectionProvider.class).getEntityManager())
                : super.create(session);
    }

    /** Where the user cache is on, every look-up passes that, and Keycloak's own factory stays. */
    @Override
    public int order() {
        return McpUserCacheProviderFactory.isOff()
                ? Replacement.order(super.order())
                : Replacement.behind(super.order());
    }

    private static final class Consents extends JpaUserFederatedStorageProvider {

        private final CountedConsents counted;

        Consents(KeycloakSession session, EntityManager entities) {
            super(session, entities);
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

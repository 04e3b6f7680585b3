package dev.keycloakmcp.consent.provider;

import com.google.auto.service.AutoService;
import jakarta.persistence.EntityManager;
import org.jspecify.annotations.Nullable;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserConsentModel;
import org.keycloak.models.UserProvider;
import org.keycloak.models.UserProviderFactory;
import org.keycloak.models.jpa.JpaUserProvider;
import org.keycloak.models.jpa.JpaUserProviderFactory;

/** Keycloak's own users, for servers without the user cache: there {@link CountedConsents} decides on look-ups here. */
@AutoService(UserProviderFactory.class)
public final class McpUserProviderFactory extends JpaUserProviderFactory {

    @Override
    public UserProvider create(KeycloakSession session) {
        return CountedConsents.areNotCached(session)
                ? new Consents(
                        session,
                        session.getProvider(JpaConnectionProvider.class).getEntityManager())
                : super.create(session);
    }

    @Override
    public int order() {
        return super.order() + 1;
    }

    private static final class Consents extends JpaUserProvider {

        private final KeycloakSession session;

        Consents(KeycloakSession session, EntityManager entities) {
            super(session, entities);
            this.session = session;
        }

        @Override
        public @Nullable UserConsentModel getConsentByClient(RealmModel realm, String userId, String clientId) {
            return new CountedConsents(session)
                    .of(realm, userId, clientId, () -> super.getConsentByClient(realm, userId, clientId));
        }

        @Override
        public void addConsent(RealmModel realm, String userId, UserConsentModel consent) {
            super.addConsent(realm, userId, consent);
            getConsentByClient(realm, userId, consent.getClient().getId());
        }

        @Override
        public boolean revokeConsentForClient(RealmModel realm, String userId, String clientInternalId) {
            return new CountedConsents(session)
                    .revoked(userId, clientInternalId, super.revokeConsentForClient(realm, userId, clientInternalId));
        }
    }
}

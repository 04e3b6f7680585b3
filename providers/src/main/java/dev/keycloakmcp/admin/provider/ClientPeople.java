package dev.keycloakmcp.admin.provider;

import jakarta.persistence.EntityManager;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;

/** The people who share a client: they allowed it access, or are signed in to it. */
final class ClientPeople {

    private static final String ALLOWED = """
            select count(distinct k.user.id) from UserConsentEntity k where k.clientId = :client
            """;

    /** Consents of people whom another user store holds. */
    private static final String ALLOWED_ELSEWHERE = """
            select count(distinct f.userId) from FederatedUserConsentEntity f where f.clientId = :client
            """;

    private static final String ONLY_SIGNED_IN = """
            select count(distinct u.userId) from PersistentClientSessionEntity c, PersistentUserSessionEntity u
            where c.clientId = :client and u.userSessionId = c.userSessionId and u.offline = c.offline
            and u.userId <> :self
            and not exists (select 1 from UserConsentEntity k where k.clientId = :client and k.user.id = u.userId)
            and not exists (select 1 from FederatedUserConsentEntity f where f.clientId = :client and f.userId = u.userId)
            """;

    private final KeycloakSession session;

    ClientPeople(KeycloakSession session) {
        this.session = session;
    }

    /** How many there are; the client's own service account is nobody. */
    long count(ClientModel client) {
        EntityManager entities =
                session.getProvider(JpaConnectionProvider.class).getEntityManager();
        UserModel self = client.isServiceAccountsEnabled() ? session.users().getServiceAccount(client) : null;
        long people = entities.createQuery(ONLY_SIGNED_IN, Long.class)
                .setParameter("client", client.getId())
                .setParameter("self", self == null ? "" : self.getId())
                .getSingleResult();
        for (String query : new String[] {ALLOWED, ALLOWED_ELSEWHERE}) {
            people += entities.createQuery(query, Long.class)
                    .setParameter("client", client.getId())
                    .getSingleResult();
        }
        return people;
    }
}

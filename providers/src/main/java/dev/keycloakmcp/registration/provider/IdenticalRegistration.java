package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.registration.Registration;
import dev.keycloakmcp.registration.RegistrationIdentity;
import dev.keycloakmcp.support.provider.ClusterLock;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.connections.jpa.JpaConnectionProvider;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.services.clientregistration.policy.RegistrationAuth;

/**
 * Finds the client that a public client's metadata already has. Its client id follows from the metadata, so that there
 * is nothing to search and nothing to race for.
 */
final class IdenticalRegistration {

    private static final int ATTEMPTS = 4;

    /** Asks for the one column: a client that was looked up would not show what others do with it meanwhile. */
    private static final String REUSED = """
            select count(c) from ClientEntity c
            where c.realmId = :realm and c.clientId = :clientId and c.registrationToken is null
            """;

    private final KeycloakSession session;
    private final RealmModel realm;

    IdenticalRegistration(KeycloakSession session, RealmModel realm) {
        this.session = session;
        this.realm = realm;
    }

    /**
     * The client that a registration comes to.
     *
     * @param clientId the id to create the client with; null for a random one
     * @param existing the client to reuse
     */
    record Place(@Nullable String clientId, Optional<ClientModel> existing) {

        static Place anywhere() {
            return new Place(null, Optional.empty());
        }
    }

    /** Looks for the client, and keeps others from creating, changing or deleting it until the transaction ends. */
    Place find(
            Registration registration,
            ClientRepresentation wanted,
            RegistrationAuth kind,
            RegistrationRefusal refusal) {
        Optional<String> origin =
                Optional.ofNullable(session.getContext().getRequestHeaders().getHeaderString("Origin"));
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            String clientId = RegistrationIdentity.clientId(realm.getId(), kind.name(), registration, origin, attempt);
            if (attempt == 0 && !isReused(clientId)) {
                ClusterLock.of(session).hold(ClusterLock.client(realm, clientId), refusal::refuseConcurrent);
            }
            if (new StoppedClients(session).contain(realm, clientId)) {
                continue;
            }
            ClientModel client = realm.getClientByClientId(clientId);
            if (client == null) {
                return new Place(clientId, Optional.empty());
            }
            if (isStill(client, wanted, kind)) {
                return new Place(clientId, Optional.of(client));
            }
        }
        return Place.anywhere();
    }

    /** True when the client was registered twice already: then no registration access token can change it any more. */
    private boolean isReused(String clientId) {
        return session.getProvider(JpaConnectionProvider.class)
                        .getEntityManager()
                        .createQuery(REUSED, Long.class)
                        .setParameter("realm", realm.getId())
                        .setParameter("clientId", clientId)
                        .getSingleResult()
                > 0;
    }

    /** True when neither an administrator nor an update changed what the metadata came to. */
    private static boolean isStill(ClientModel client, ClientRepresentation wanted, RegistrationAuth kind) {
        return Provenance.of(client).filter(kind::equals).isPresent()
                && client.isEnabled()
                && client.isPublicClient()
                && client.isStandardFlowEnabled()
                && !client.isFullScopeAllowed()
                && !client.isServiceAccountsEnabled()
                && !client.isDirectAccessGrantsEnabled()
                && !client.isImplicitFlowEnabled()
                && client.isConsentRequired() == Boolean.TRUE.equals(wanted.isConsentRequired())
                && Objects.equals(text(client.getName()), text(wanted.getName()))
                && Objects.equals(text(client.getBaseUrl()), text(wanted.getBaseUrl()))
                && Objects.equals(
                        StoredMetadata.of(client).clientUri(),
                        StoredMetadata.of(wanted.getAttributes().get(StoredMetadata.ATTRIBUTE))
                                .clientUri())
                && Set.copyOf(wanted.getRedirectUris()).equals(new HashSet<>(client.getRedirectUris()))
                && hasAttributes(client, wanted.getAttributes());
    }

    private static boolean hasAttributes(ClientModel client, Map<String, String> wanted) {
        return wanted.entrySet().stream()
                .filter(attribute -> !StoredMetadata.ATTRIBUTE.equals(attribute.getKey()))
                .allMatch(
                        attribute -> text(attribute.getValue()).equals(text(client.getAttribute(attribute.getKey()))));
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }
}

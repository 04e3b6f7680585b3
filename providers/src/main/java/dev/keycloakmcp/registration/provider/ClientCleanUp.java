package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.registration.ClientLifetime;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.keycloak.common.util.Time;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.models.utils.KeycloakModelUtils;
import org.keycloak.services.clientregistration.policy.RegistrationAuth;

/** Finds and removes registered clients that nobody uses. Others are never touched. */
final class ClientCleanUp {

    /** Clients removed in one transaction. */
    private static final int BATCH = 50;

    private final KeycloakSession session;
    private final RealmModel realm;

    ClientCleanUp(KeycloakSession session, RealmModel realm) {
        this.session = session;
        this.realm = realm;
    }

    /** A client that has expired, and the reason. */
    record Expired(RegisteredClientRow client, ClientLifetime.Expiry reason) {}

    /**
     * Removes all clients of a realm that have expired, some in each transaction.
     *
     * @return what is gone
     */
    static List<Expired> removeAll(KeycloakSessionFactory factory, String realmId) {
        List<String> ids = inRealm(factory, realmId, cleanUp -> cleanUp.expired(Time.currentTime()).stream()
                .map(expired -> expired.client().id())
                .toList());
        List<Expired> removed = new ArrayList<>();
        for (int from = 0; from < ids.size(); from += BATCH) {
            List<String> batch = ids.subList(from, Math.min(from + BATCH, ids.size()));
            removed.addAll(inRealm(factory, realmId, cleanUp -> cleanUp.remove(batch)));
        }
        return removed;
    }

    private static <T> List<T> inRealm(
            KeycloakSessionFactory factory, String realmId, Function<ClientCleanUp, List<T>> task) {
        return KeycloakModelUtils.runJobInTransactionWithResult(factory, session -> {
            RealmModel realm = session.realms().getRealm(realmId);
            if (realm == null) {
                return List.of();
            }
            session.getContext().setRealm(realm);
            return task.apply(new ClientCleanUp(session, realm));
        });
    }

    /** The lifetimes of clients by kind; a kind whose component is gone has no entry, and its clients stay. */
    Map<RegistrationAuth, ClientLifetime> lifetimes() {
        Map<RegistrationAuth, ClientLifetime> lifetimes = new EnumMap<>(RegistrationAuth.class);
        for (RegistrationAuth kind : RegistrationAuth.values()) {
            RegistrationConfiguration.of(realm, kind)
                    .ifPresent(configuration -> lifetimes.put(kind, configuration.lifetime()));
        }
        return lifetimes;
    }

    /** The clients that {@link #removeAll} would remove now: a dry run. */
    List<Expired> expired(long now) {
        return expired(new RegisteredClients(session, realm).all(), now);
    }

    private List<Expired> expired(List<RegisteredClientRow> clients, long now) {
        Map<RegistrationAuth, ClientLifetime> lifetimes = lifetimes();
        return clients.stream()
                .filter(row -> !row.suspended())
                .flatMap(row -> Optional.ofNullable(lifetimes.get(row.kind()))
                        .flatMap(lifetime -> lifetime.expired(row.registeredAt(), row.lastUsed(), now))
                        .map(reason -> new Expired(row, reason))
                        .stream())
                .toList();
    }

    /** Removes those that nobody used meanwhile. */
    private List<Expired> remove(List<String> ids) {
        return expired(new RegisteredClients(session, realm).withIds(ids), Time.currentTime()).stream()
                .filter(this::remove)
                .toList();
    }

    private boolean remove(Expired expired) {
        ClientModel client = realm.getClientById(expired.client().id());
        return client != null
                && Provenance.of(client).isPresent()
                && ClientRemoval.remove(
                        session,
                        client,
                        new EventBuilder(realm, session),
                        expired.reason().value());
    }
}

package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.registration.ClientLifetime;
import dev.keycloakmcp.registration.RegistrationLimits;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.keycloak.cluster.ClusterProvider;
import org.keycloak.cluster.ExecutionResult;
import org.keycloak.common.util.Time;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.clientregistration.policy.RegistrationAuth;

/** The registered clients of a realm, for administrators. */
public final class RegisteredClientAdmin {

    private static final int LONGEST_CLEAN_UP_SECONDS = (int) TimeUnit.MINUTES.toSeconds(15);

    private final KeycloakSession session;
    private final RealmModel realm;

    public RegisteredClientAdmin(KeycloakSession session, RealmModel realm) {
        this.session = session;
        this.realm = realm;
    }

    /**
     * A registered client; times in epoch seconds.
     *
     * @param registration value of its attribute {@code mcp.registration}
     * @param lastUsed empty for a client never used; uses are noted once a day
     * @param expiresAt when it is removed unless it is used; empty where it stays
     */
    public record Client(
            String clientId, String registration, long registeredAt, OptionalLong lastUsed, OptionalLong expiresAt) {}

    /**
     * A client that has expired.
     *
     * @param reason as in events, {@code unused} or {@code idle}
     */
    public record Expired(Client client, String reason) {}

    /**
     * The number of registered clients and its limit.
     *
     * @param clients how many are there
     * @param most how many may be, the smallest number of all kinds of registration; empty for any number
     */
    public record Quota(long clients, OptionalInt most) {}

    /** The quota of the realm; empty where MCP clients may not register. */
    public Optional<Quota> quota() {
        List<RegistrationLimits> limits = Arrays.stream(RegistrationAuth.values())
                .flatMap(kind -> RegistrationConfiguration.of(realm, kind).stream())
                .map(RegistrationConfiguration::limits)
                .toList();
        return limits.isEmpty()
                ? Optional.empty()
                : Optional.of(new Quota(
                        new RegisteredClients(session, realm).count(),
                        limits.stream()
                                .mapToInt(RegistrationLimits::maxClients)
                                .filter(most -> most > 0)
                                .min()));
    }

    /** True when clients can have this value of {@code mcp.registration}. */
    public static boolean isRegistration(String value) {
        return Provenance.of(value).isPresent();
    }

    /**
     * A page of the registered clients, as the database knows them, in a stable order.
     *
     * @param registration value of {@code mcp.registration}; empty for all
     * @param unusedSince epoch seconds before which they were last used, or registered; empty for all
     */
    public List<Client> clients(Optional<String> registration, OptionalLong unusedSince, int first, int max) {
        Map<RegistrationAuth, ClientLifetime> lifetimes = new ClientCleanUp(session, realm).lifetimes();
        return new RegisteredClients(session, realm)
                .page(registration.flatMap(Provenance::of), unusedSince, first, max).stream()
                        .map(row -> client(row, lifetimes))
                        .toList();
    }

    /** The clients that {@link #removeExpired} would remove now. */
    public List<Expired> expired() {
        return described(new ClientCleanUp(session, realm).expired(Time.currentTime()));
    }

    /**
     * Removes what has expired, with events.
     *
     * @return what is gone; empty while a node of the cluster is cleaning up already
     */
    public Optional<List<Expired>> removeExpired() {
        ExecutionResult<List<ClientCleanUp.Expired>> result = session.getProvider(ClusterProvider.class)
                .executeIfNotExecuted(
                        ClientCleanUpTask.class.getSimpleName(),
                        LONGEST_CLEAN_UP_SECONDS,
                        () -> ClientCleanUp.removeAll(session.getKeycloakSessionFactory(), realm.getId()));
        return result.isExecuted() ? Optional.of(described(result.getResult())) : Optional.empty();
    }

    private List<Expired> described(List<ClientCleanUp.Expired> expired) {
        Map<RegistrationAuth, ClientLifetime> lifetimes = new ClientCleanUp(session, realm).lifetimes();
        return expired.stream()
                .map(each -> new Expired(
                        client(each.client(), lifetimes), each.reason().value()))
                .toList();
    }

    private static Client client(RegisteredClientRow row, Map<RegistrationAuth, ClientLifetime> lifetimes) {
        ClientLifetime lifetime = lifetimes.get(row.kind());
        return new Client(
                row.clientId(),
                Provenance.value(row.kind()),
                row.registeredAt(),
                row.lastUsed(),
                lifetime == null || row.suspended()
                        ? OptionalLong.empty()
                        : lifetime.expiresAt(row.registeredAt(), row.lastUsed()));
    }
}

package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.registration.RegistrationLimits;
import dev.keycloakmcp.registration.RegistrationSource;
import dev.keycloakmcp.registration.Window;
import dev.keycloakmcp.support.provider.ClusterLock;
import dev.keycloakmcp.support.provider.LoadedClients;
import dev.keycloakmcp.support.provider.SharedMarks;
import java.util.ArrayList;
import java.util.List;
import org.keycloak.common.util.Time;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.clientregistration.policy.RegistrationAuth;

/** Keeps the number of registered clients within the limits, on all nodes of a cluster together. */
final class RegistrationThrottle {

    private static final String KEY = "mcp-registration";
    private static final String MAX_CLIENTS = "max-clients";
    private static final int RETRY_WHEN_FULL = 3600;
    /** Clients removed for one registration; more is left to the next ones. */
    private static final int MOST_EVICTED = 20;
    /** Registrations that find a client of their own to remove when they come at once; others are refused for now. */
    private static final int MOST_AT_ONCE = 200;

    private static final String EVICTED = "mcp-evicted-client:";
    /** Longer than a registration takes; where it fails, another one removes the client later. */
    private static final int CLAIM_SECONDS = 60;

    private final KeycloakSession session;
    private final RealmModel realm;
    private final RegistrationLimits limits;

    RegistrationThrottle(KeycloakSession session, RealmModel realm, RegistrationLimits limits) {
        this.session = session;
        this.realm = realm;
        this.limits = limits;
    }

    /** Counts a registration of the request's source, or refuses it. */
    void countSource(RegistrationAuth kind, RegistrationRefusal refusal) {
        if (!limits.limitsSources()) {
            return;
        }
        String source =
                RegistrationSource.of(session.getContext().getConnection().getRemoteHost());
        Window window = Window.of(Time.currentTime(), limits.windowSeconds());
        String slots = String.join(":", KEY, realm.getId(), kind.name(), source, Long.toString(window.number()), "");
        if (!takeSlot(slots, window.secondsLeft())) {
            throw refusal.refuseForNow(
                    ReasonCode.REGISTRATION_RATE_LIMITED,
                    "this address registered " + limits.perSource() + " clients; try again later, or keep the client",
                    window.secondsLeft());
        }
    }

    /** Removes clients that were never used, the oldest first, so that one more may come; or refuses it. */
    void makeRoom(RegistrationRefusal refusal) {
        RegisteredClients clients = new RegisteredClients(session, realm);
        int excess = limits.maxClients() > 0 ? limits.excess(clients.count()) : 0;
        if (excess == 0) {
            return;
        }
        List<String> claimed = claim(clients, Math.min(excess, MOST_EVICTED));
        if (claimed.isEmpty()) {
            throw refusal.refuseForNow(
                    ReasonCode.REGISTRATION_QUOTA_FULL,
                    "the realm has no room for another registered client",
                    RETRY_WHEN_FULL);
        }
        claimed.forEach(id -> evict(id, refusal));
    }

    /** The oldest clients without a use that no other registration removes at the moment: each removes others. */
    private List<String> claim(RegisteredClients clients, int most) {
        SharedMarks store = SharedMarks.of(session);
        List<String> claimed = new ArrayList<>();
        for (String id : clients.neverUsed(most + MOST_AT_ONCE)) {
            if (claimed.size() < most && store.putIfAbsent(EVICTED + id, CLAIM_SECONDS)) {
                claimed.add(id);
            }
        }
        return claimed;
    }

    /** Whoever changes the client right now does so first; a client in use meanwhile stays. */
    private void evict(String id, RegistrationRefusal refusal) {
        ClientModel client = realm.getClientById(id);
        if (client == null) {
            return;
        }
        ClusterLock.of(session).hold(ClusterLock.client(realm, client.getClientId()), refusal::refuseConcurrent);
        LoadedClients.forget(session, client);
        ClientModel current = realm.getClientById(id);
        if (current != null && current.getAttribute(ClientUse.LAST_USED) == null) {
            EventBuilder event =
                    new EventBuilder(realm, session, session.getContext().getConnection());
            ClientRemoval.remove(session, current, event, MAX_CLIENTS);
        }
    }

    /** Slots of a window fill from the first on, and each can be taken once in the whole cluster. */
    private boolean takeSlot(String slots, int seconds) {
        SharedMarks store = SharedMarks.of(session);
        int free = 0;
        int taken = limits.perSource();
        while (free < taken) {
            int middle = (free + taken) >>> 1;
            if (store.contains(slots + middle)) {
                free = middle + 1;
            } else {
                taken = middle;
            }
        }
        for (int slot = free; slot < limits.perSource(); slot++) {
            if (store.putIfAbsent(slots + slot, seconds)) {
                return true;
            }
        }
        return false;
    }
}

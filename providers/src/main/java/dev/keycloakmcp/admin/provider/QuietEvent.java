package dev.keycloakmcp.admin.provider;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** An event that nobody hears of. */
final class QuietEvent extends EventBuilder {

    private final KeycloakSession session;
    private final RealmModel realm;

    QuietEvent(KeycloakSession session, RealmModel realm) {
        super(realm, session);
        this.session = session;
        this.realm = realm;
    }

    /** A detail so far. */
    Optional<String> found(String name) {
        return Optional.ofNullable(getEvent().getDetails()).map(details -> details.get(name));
    }

    /** Begins without details. */
    void begin() {
        getEvent().setDetails(new HashMap<>());
        getEvent().setError(null);
    }

    @Override
    public void success() {
        // nobody asked for anything
    }

    @Override
    public void error(String error) {
        getEvent().setError(error);
    }

    @Override
    public EventBuilder clone() {
        QuietEvent other = new QuietEvent(session, realm);
        Map<String, String> details = getEvent().getDetails();
        other.getEvent().setType(getEvent().getType());
        other.getEvent().setDetails(details == null ? new HashMap<>() : new HashMap<>(details));
        return other;
    }
}

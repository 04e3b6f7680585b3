package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.KnownActors;
import dev.keycloakmcp.resource.McpAttributes;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;

/** The actors that the realm of the request knows. */
final class RealmActors implements KnownActors {

    private final KeycloakSession session;
    private final RealmModel realm;

    RealmActors(KeycloakSession session) {
        this.session = session;
        this.realm = session.getContext().getRealm();
    }

    @Override
    public Standing client(String clientId) {
        ClientModel client = realm.getClientByClientId(clientId);
        if (client == null) {
            return Standing.UNKNOWN;
        }
        return client.isEnabled() && client.getAttribute(McpAttributes.SUSPENDED) == null
                ? Standing.ACTIVE
                : Standing.STOPPED;
    }

    @Override
    public Standing account(String userId) {
        UserModel user = session.users().getUserById(realm, userId);
        if (user == null) {
            return Standing.UNKNOWN;
        }
        return user.isEnabled() ? Standing.ACTIVE : Standing.STOPPED;
    }
}

package dev.keycloakmcp.consent.provider;

import org.keycloak.models.ClientModel;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.provider.ProviderEvent;
import org.keycloak.provider.ProviderEventListener;

/** Forgets what was answered by people, for clients and in realms that are removed. */
final class ConsentRemoval implements ProviderEventListener {

    @Override
    public void onEvent(ProviderEvent event) {
        if (event instanceof UserModel.UserRemovedEvent removed) {
            new ConsentMemory(removed.getKeycloakSession())
                    .forgetUser(removed.getUser().getId());
        } else if (event instanceof ClientModel.ClientRemovedEvent removed) {
            new ConsentMemory(removed.getKeycloakSession())
                    .forgetClient(removed.getClient().getId());
        } else if (event instanceof RealmModel.RealmRemovedEvent removed) {
            new ConsentMemory(removed.getKeycloakSession())
                    .forgetRealm(removed.getRealm().getId());
        }
    }
}

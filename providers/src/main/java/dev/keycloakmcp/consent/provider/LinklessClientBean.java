package dev.keycloakmcp.consent.provider;

import org.jspecify.annotations.Nullable;
import org.keycloak.forms.login.freemarker.model.ClientBean;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;

/** A client on a page of the realm's, without the address that it gave as its own. Templates read it as Keycloak's. */
final class LinklessClientBean extends ClientBean {

    LinklessClientBean(KeycloakSession session, ClientModel client) {
        super(session, client);
    }

    @Override
    public @Nullable String getBaseUrl() {
        return null;
    }
}

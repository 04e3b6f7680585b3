package dev.keycloakmcp.registration.provider;

import org.keycloak.models.KeycloakSession;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.services.clientregistration.AbstractClientRegistrationContext;
import org.keycloak.services.clientregistration.ClientRegistrationProvider;

/** A registration as client policies see it. */
final class RegistrationRequest extends AbstractClientRegistrationContext {

    RegistrationRequest(KeycloakSession session, ClientRepresentation client, ClientRegistrationProvider provider) {
        super(session, client, provider);
    }
}

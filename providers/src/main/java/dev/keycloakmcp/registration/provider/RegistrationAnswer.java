package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.registration.AdministratorAttributes;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.representations.idm.ClientRepresentation;

/** The answer of one of Keycloak's own registration endpoints, which holds all attributes of the client. */
final class RegistrationAnswer {

    private RegistrationAnswer() {}

    /** The same without what administrators noted about the client for each other. */
    static ClientRepresentation of(KeycloakSession session, ClientRepresentation client) {
        @Nullable Map<String, String> attributes = client.getAttributes();
        if (attributes != null && McpRegistration.isGuarded(session)) {
            client.setAttributes(AdministratorAttributes.told(attributes));
        }
        return client;
    }
}

package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.decision.OAuthErrors;
import dev.keycloakmcp.registration.AdministratorAttributes;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.services.ErrorResponseException;
import org.keycloak.services.clientregistration.ClientRegistrationContext;

/** The answer of one of Keycloak's own registration endpoints, which holds all attributes of the client. */
final class RegistrationAnswer {

    private RegistrationAnswer() {}

    /** Refuses a body of JSON null, which Keycloak would fail on with an error of the server. */
    static void requireClient(ClientRegistrationContext context) {
        @Nullable ClientRepresentation client = context.getClient();
        if (client == null) {
            throw new ErrorResponseException(
                    OAuthErrors.INVALID_CLIENT_METADATA, "The body holds no client", Response.Status.BAD_REQUEST);
        }
    }

    /** The same without what administrators noted about the client for each other. */
    static ClientRepresentation of(KeycloakSession session, ClientRepresentation client) {
        @Nullable Map<String, String> attributes = client.getAttributes();
        if (attributes != null && McpRegistration.isGuarded(session)) {
            client.setAttributes(AdministratorAttributes.told(attributes));
        }
        return client;
    }
}

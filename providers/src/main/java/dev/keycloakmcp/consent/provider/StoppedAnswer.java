package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.provider.DecisionEvents;
import dev.keycloakmcp.policy.provider.McpSuspension;
import jakarta.ws.rs.core.Response;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.ErrorPageException;
import org.keycloak.services.messages.Messages;

/** A person's yes to a client that was suspended while the consent page was shown: it is not stored. */
final class StoppedAnswer {

    private StoppedAnswer() {}

    /** Ends the request of such an answer. */
    static void refuse(KeycloakSession session, RealmModel realm, String clientId) {
        KeycloakContext context = session.getContext();
        if (context.getAuthenticationSession() == null || !ConsentForm.isAccepted(session)) {
            return;
        }
        ClientModel client = realm.getClientById(clientId);
        if (McpSuspension.isSuspended(session, client)) {
            EventBuilder event = new EventBuilder(realm, session, context.getConnection())
                    .event(EventType.LOGIN)
                    .client(client);
            DecisionEvents.error(event, ReasonCode.CLIENT_SUSPENDED, McpSuspension.CLIENT_DETAIL);
            throw new ErrorPageException(session, Response.Status.BAD_REQUEST, Messages.CLIENT_DISABLED);
        }
    }
}

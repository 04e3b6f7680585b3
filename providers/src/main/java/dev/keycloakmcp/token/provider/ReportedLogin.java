package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.McpEventDetails;
import dev.keycloakmcp.policy.Verdicts;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.Details;
import org.keycloak.events.EventBuilder;
import org.keycloak.events.EventType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.protocol.oidc.utils.OIDCResponseType;
import org.keycloak.sessions.AuthenticationSessionModel;

/** The refusal of an authorization request that policies only report, on its way to the event of the sign-in. */
final class ReportedLogin {

    /** Those of parameters that Keycloak leaves out because they are too long: nobody sees them any more at the token request. */
    private static final Set<String> UNSEEN_LATER =
            Set.of(ReasonCode.SCOPE_TOO_LONG.code(), ReasonCode.RESOURCE_MALFORMED.code());

    private static final String NOTE = DelegationClaims.RESOURCE + ".refusal";

    private ReportedLogin() {}

    /** Notes it, where there is one. */
    static void note(AuthenticationSessionModel login, Verdicts verdicts) {
        verdicts.published()
                .filter(verdict -> verdict.outcome() == Outcome.WOULD_DENY)
                .ifPresent(verdict ->
                        login.setClientNote(NOTE, verdict.decision().reason().code()));
    }

    /** Tells it, unless the token request does, which comes for a code alone. */
    static void tell(KeycloakSession session, AuthenticationSessionModel login, EventBuilder event) {
        @Nullable String reason = login.getClientNote(NOTE);
        if (reason == null
                || !UNSEEN_LATER.contains(reason)
                        && OIDCResponseType.CODE.equals(login.getClientNote(OIDCLoginProtocol.RESPONSE_TYPE_PARAM))) {
            return;
        }
        boolean sent = isSent(event);
        EventBuilder telling = sent ? again(session, login, event) : event;
        telling.detail(McpEventDetails.DECISION, Outcome.WOULD_DENY.value()).detail(McpEventDetails.REASON, reason);
        if (sent) {
            telling.success();
        }
    }

    /** Where a person answered the consent page, Keycloak sends the event before it makes anything. */
    private static boolean isSent(EventBuilder event) {
        @Nullable Map<String, String> details = event.getEvent().getDetails();
        return details != null && Details.CONSENT_VALUE_CONSENT_GRANTED.equals(details.get(Details.CONSENT));
    }

    private static EventBuilder again(KeycloakSession session, AuthenticationSessionModel login, EventBuilder event) {
        return new EventBuilder(login.getRealm(), session, session.getContext().getConnection())
                .event(EventType.LOGIN)
                .client(login.getClient())
                .user(login.getAuthenticatedUser())
                .session(event.getEvent().getSessionId());
    }
}

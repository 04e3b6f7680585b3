package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.McpEventDetails;
import dev.keycloakmcp.support.StoredText;
import org.keycloak.events.Details;
import org.keycloak.events.EventBuilder;

/** The details of Keycloak's events that tell decisions. */
public final class DecisionEvents {

    private static final int MAX_REASON = 1000;

    private DecisionEvents() {}

    /** The outcome and its reason. */
    public static EventBuilder outcome(EventBuilder event, Outcome outcome, ReasonCode reason) {
        return event.detail(McpEventDetails.DECISION, outcome.value()).detail(McpEventDetails.REASON, reason.code());
    }

    /** The reason of a refusal by other means than a decision on what a client may have, such as a token that is not taken. */
    public static EventBuilder reason(EventBuilder event, ReasonCode reason, String detail) {
        return event.detail(Details.REASON, StoredText.cut(detail, MAX_REASON))
                .detail(McpEventDetails.REASON, reason.code());
    }

    /** A deny, in an event that somebody else sends. */
    public static EventBuilder deny(EventBuilder event, ReasonCode reason, String detail) {
        return outcome(reason(event, reason, detail), Outcome.DENY, reason);
    }

    /** A deny; sends the error event. */
    public static void error(EventBuilder event, ReasonCode reason, String detail) {
        error(event, reason, reason.error(), detail);
    }

    /**
     * A deny that is answered with another error code than that of its reason; sends the error event.
     *
     * @param error the OAuth error code
     */
    public static void error(EventBuilder event, ReasonCode reason, String error, String detail) {
        deny(event, reason, detail).error(error);
    }
}

package dev.keycloakmcp.policy.provider;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keycloakmcp.decision.Outcome;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.McpEventDetails;
import dev.keycloakmcp.policy.TokenLoss;
import dev.keycloakmcp.support.StoredText;
import java.util.List;
import org.keycloak.events.Details;
import org.keycloak.events.EventBuilder;
import org.keycloak.util.JsonSerialization;

/** The details of Keycloak's events that tell decisions. */
public final class DecisionEvents {

    private static final int MAX_REASON = 1000;

    private DecisionEvents() {}

    /** The outcome and its reason. */
    public static EventBuilder outcome(EventBuilder event, Outcome outcome, ReasonCode reason) {
        return event.detail(McpEventDetails.DECISION, outcome.value()).detail(McpEventDetails.REASON, reason.code());
    }

    /** A loss as JSON, no longer than rows of the audit trail keep it; what is empty is left out. */
    static String json(TokenLoss loss) {
        TokenLoss bounded = loss.bounded(MAX_REASON);
        ObjectNode members = JsonSerialization.mapper.createObjectNode();
        put(members, "aud", bounded.aud());
        put(members, "scope", bounded.scope());
        put(members, "roles", bounded.roles());
        put(members, "claims", bounded.claims());
        return members.toString();
    }

    private static void put(ObjectNode members, String name, List<String> values) {
        if (!values.isEmpty()) {
            members.set(name, JsonSerialization.mapper.valueToTree(values));
        }
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

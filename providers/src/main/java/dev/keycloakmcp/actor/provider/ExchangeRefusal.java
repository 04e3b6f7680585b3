package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.policy.McpEventDetails;
import dev.keycloakmcp.policy.provider.McpRefusal;
import dev.keycloakmcp.policy.provider.McpRequest;
import org.keycloak.protocol.oidc.TokenExchangeContext;
import org.keycloak.services.CorsErrorResponseException;

/** Refuses an exchange: the event of it, and the answer. */
final class ExchangeRefusal {

    private final TokenExchangeContext exchange;
    private final McpRequest request;

    ExchangeRefusal(TokenExchangeContext exchange) {
        this.exchange = exchange;
        this.request = McpRequest.of(exchange.getSession());
    }

    /** Writes the event, and makes the answer for the caller to throw. */
    CorsErrorResponseException of(Decision.Deny<?> deny) {
        exchange.getEvent()
                .detail(McpEventDetails.DECISION, "deny")
                .detail(McpEventDetails.REASON, deny.reason().code());
        request.tellAsked();
        return McpRefusal.of(
                exchange.getSession(), exchange.getEvent(), exchange.getCors(), deny.reason(), deny.detail());
    }

    /** Refuses what the policies of the request deny. */
    void ofPolicies() {
        request.settle().ifPresent(deny -> {
            throw of(deny);
        });
    }
}

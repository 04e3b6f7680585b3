package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.policy.provider.McpRefusal;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.policy.provider.RequestEvent;
import org.keycloak.protocol.oidc.TokenExchangeContext;
import org.keycloak.services.CorsErrorResponseException;

/** Refuses an exchange: the event of it, and the answer. */
final class ExchangeRefusal {

    private final TokenExchangeContext exchange;

    ExchangeRefusal(TokenExchangeContext exchange) {
        this.exchange = exchange;
    }

    /** Writes the event, and makes the answer for the caller to throw. */
    CorsErrorResponseException of(Decision.Deny<?> deny) {
        RequestEvent.of(exchange.getSession()).nameRequested();
        return McpRefusal.of(
                exchange.getSession(), exchange.getEvent(), exchange.getCors(), deny.reason(), deny.detail());
    }

    /** Refuses what the policies of the request deny. */
    void ofPolicies() {
        McpRequest.of(exchange.getSession()).settle().ifPresent(deny -> {
            throw of(deny);
        });
    }
}

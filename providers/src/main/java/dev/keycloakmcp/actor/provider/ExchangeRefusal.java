package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.provider.McpRefusal;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.policy.provider.RequestEvent;
import org.keycloak.protocol.oidc.TokenExchangeContext;
import org.keycloak.services.CorsErrorResponseException;

/** Refuses an exchange: the event of it, and the answer. */
final class ExchangeRefusal {

    /** The refusal where no exchange answers the request, or none that knows actors. */
    static final Decision.Deny<Object> UNSUPPORTED = new Decision.Deny<>(
            ReasonCode.EXCHANGE_UNSUPPORTED,
            "This kind of token exchange is not available here; exchange an access token of this realm, with"
                    + " standard token exchange enabled for the client.");

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

    CorsErrorResponseException unsupported() {
        return of(UNSUPPORTED);
    }

    /** Refuses what the policies of the request deny. */
    void ofPolicies() {
        McpRequest.of(exchange.getSession()).settle().ifPresent(deny -> {
            throw of(deny);
        });
    }
}

package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.support.provider.TracedStep;
import jakarta.ws.rs.core.Response;
import org.keycloak.protocol.oidc.TokenExchangeContext;
import org.keycloak.protocol.oidc.tokenexchange.StandardTokenExchangeProvider;
import org.keycloak.representations.AccessToken;

/** Standard token exchange of tokens that say who acts or may act. */
abstract class ActorAwareExchange extends StandardTokenExchangeProvider {

    @Override
    public Response exchange(TokenExchangeContext exchange) {
        try (TracedStep step = TracedStep.begin(exchange.getSession(), "exchange")) {
            step.attribute("client", exchange.getClient().getClientId());
            return super.exchange(exchange);
        }
    }

    /**
     * Takes the token. From Keycloak 26.8 on this overrides a method by which standard token exchange refuses every token with
     * {@code act} or {@code may_act}; whoever exchanges one here has looked at both.
     */
    protected void validateSubjectToken(AccessToken subjectToken) {}
}

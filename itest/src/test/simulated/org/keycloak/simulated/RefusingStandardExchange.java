package org.keycloak.simulated;

import jakarta.ws.rs.core.Response;
import org.keycloak.events.Details;
import org.keycloak.events.Errors;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.TokenExchangeProvider;
import org.keycloak.protocol.oidc.tokenexchange.StandardTokenExchangeProvider;
import org.keycloak.protocol.oidc.tokenexchange.StandardTokenExchangeProviderFactory;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.CorsErrorResponseException;

/** Standard token exchange that takes no token with a delegation claim. */
public class RefusingStandardExchange extends StandardTokenExchangeProviderFactory {

    @Override
    public TokenExchangeProvider create(KeycloakSession session) {
        return SimulatedRealm.is(session.getContext().getRealm()) ? new Provider() : super.create(session);
    }

    @Override
    public int order() {
        return super.order() + 1;
    }

    private static final class Provider extends StandardTokenExchangeProvider {
        @Override
        protected Response tokenExchange() {
            AccessToken subject = session.tokens().decode(params.getSubjectToken(), AccessToken.class);
            if (subject != null
                    && (subject.getOtherClaims().containsKey("act")
                            || subject.getOtherClaims().containsKey("may_act"))) {
                event.detail(Details.REASON, "delegation claim in subject_token");
                event.error(Errors.INVALID_TOKEN);
                throw new CorsErrorResponseException(
                        cors, "invalid_request", "Simulated: no delegation claim", Response.Status.BAD_REQUEST);
            }
            return super.tokenExchange();
        }
    }
}

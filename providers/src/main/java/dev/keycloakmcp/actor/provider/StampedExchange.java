package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.ExchangeRoute;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.Optional;
import org.keycloak.protocol.oidc.TokenExchangeContext;
import org.keycloak.protocol.oidc.TokenExchangeProvider;
import org.keycloak.representations.AccessToken;

/**
 * Token exchange in realms that only stamp actors, by the mapper, without any policy. It is Keycloak's own, with two
 * differences that the mapper needs: a stamped token can be exchanged, as the mapper keeps its actors, also from Keycloak
 * 26.8 on, which refuses all such tokens; and where Keycloak's own delegation says who acts, the mapper does not.
 */
final class StampedExchange extends ActorAwareExchange {

    private final Optional<TokenExchangeProvider> delegation;

    private StampedExchange(Optional<TokenExchangeProvider> delegation) {
        this.delegation = delegation;
    }

    /** The exchange of a request; empty where the mapper takes no part in it, and Keycloak is asked alone. */
    static Optional<TokenExchangeProvider> of(TokenExchangeContext exchange) {
        if (!TokenActors.stampsExchanged(exchange.getClient())) {
            return Optional.empty();
        }
        boolean actorTokenSent = exchange.getParams().getActorToken() != null;
        return KeycloakExchange.of(exchange)
                .filter(KeycloakExchange::isKeycloaks)
                .flatMap(keycloak -> actorTokenSent
                        ? Optional.of(keycloak)
                                .filter(provider ->
                                        KeycloakExchange.kind(provider) == ExchangeRoute.Keycloak.BUILT_ON_STANDARD)
                                .map(provider -> new StampedExchange(Optional.of(provider)))
                        : Optional.of(new StampedExchange(Optional.empty())).filter(stamped -> isStamped(exchange)));
    }

    /** True for a token that says who acts. Who may act is not for the mapper to decide. */
    private static boolean isStamped(TokenExchangeContext exchange) {
        Map<String, Object> claims = new TokenActors(exchange.getSession())
                .decode(exchange.getParams().getSubjectToken(), AccessToken.class)
                .map(DelegationClaims::in)
                .orElse(Map.of());
        return claims.containsKey(DelegationClaims.ACT) && !claims.containsKey(DelegationClaims.MAY_ACT);
    }

    @Override
    protected Response tokenExchange() {
        if (delegation.isPresent()) {
            DelegationState.of(session).handOver(Optional.empty());
            return delegation.get().exchange(context);
        }
        return super.tokenExchange();
    }
}

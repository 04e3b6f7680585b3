package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.ExchangeRoute;
import java.util.Comparator;
import java.util.Optional;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.TokenExchangeContext;
import org.keycloak.protocol.oidc.TokenExchangeProvider;
import org.keycloak.protocol.oidc.tokenexchange.StandardTokenExchangeProvider;

/** The token exchange that would answer a request without this extension. */
final class KeycloakExchange {

    private KeycloakExchange() {}

    /** The provider that Keycloak would take; empty where none supports the request. */
    static Optional<TokenExchangeProvider> of(TokenExchangeContext exchange) {
        KeycloakSession session = exchange.getSession();
        return session.getKeycloakSessionFactory()
                .getProviderFactoriesStream(TokenExchangeProvider.class)
                .filter(factory -> !McpTokenExchangeProviderFactory.PROVIDER_ID.equals(factory.getId()))
                .sorted(Comparator.comparingInt(factory -> -factory.order()))
                .map(factory -> session.getProvider(TokenExchangeProvider.class, factory.getId()))
                .filter(provider -> provider.supports(exchange))
                .findFirst();
    }

    /** True for an exchange of Keycloak itself, and none of another extension that builds on it. */
    static boolean isKeycloaks(TokenExchangeProvider provider) {
        return provider instanceof StandardTokenExchangeProvider
                && provider.getClass().getName().startsWith("org.keycloak.");
    }

    static ExchangeRoute.Keycloak kind(TokenExchangeProvider provider) {
        if (provider.getClass() == StandardTokenExchangeProvider.class) {
            return ExchangeRoute.Keycloak.STANDARD;
        }
        return provider instanceof StandardTokenExchangeProvider
                ? ExchangeRoute.Keycloak.BUILT_ON_STANDARD
                : ExchangeRoute.Keycloak.OTHER;
    }
}

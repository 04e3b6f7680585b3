package dev.keycloakmcp.token.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.support.provider.Replacement;
import jakarta.ws.rs.core.Response;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.RefreshTokenIntrospectionProvider;
import org.keycloak.protocol.oidc.RefreshTokenIntrospectionProviderFactory;
import org.keycloak.protocol.oidc.TokenIntrospectionProvider;
import org.keycloak.protocol.oidc.TokenIntrospectionProviderFactory;

/**
 * Introspection of refresh tokens; those with a suspended client behind them are not active. No answer holds a token: it
 * would be a second refresh token, signed by the realm, that says neither its target nor who acts.
 */
@AutoService(TokenIntrospectionProviderFactory.class)
public final class McpRefreshTokenIntrospectionFactory extends RefreshTokenIntrospectionProviderFactory {

    @Override
    public TokenIntrospectionProvider create(KeycloakSession session) {
        return new Introspection(session);
    }

    @Override
    public int order() {
        return Replacement.order(super.order());
    }

    private static final class Introspection extends RefreshTokenIntrospectionProvider {

        Introspection(KeycloakSession session) {
            super(session);
        }

        @Override
        public Response introspect(String encoded, EventBuilder event) {
            Response response = super.introspect(encoded, event);
            return McpRealm.isOptedIn(session) ? IntrospectionAnswer.withoutToken(response) : response;
        }

        @Override
        protected boolean introspectionChecks(String encoded) {
            boolean active = super.introspectionChecks(encoded)
                    && McpAccessTokenIntrospection.isOfActiveClients(session, token, eventBuilder);
            if (!active) {
                // Keycloak would make a JWT of it.
                transformedToken = null;
            }
            return active;
        }
    }
}

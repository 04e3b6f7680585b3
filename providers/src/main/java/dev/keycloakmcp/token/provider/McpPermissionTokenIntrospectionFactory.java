package dev.keycloakmcp.token.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.Replacement;
import org.keycloak.authorization.protection.introspect.RPTIntrospectionProvider;
import org.keycloak.authorization.protection.introspect.RPTIntrospectionProviderFactory;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.TokenIntrospectionProvider;
import org.keycloak.protocol.oidc.TokenIntrospectionProviderFactory;

/** Introspection of requesting party tokens (UMA); those with a suspended client behind them are not active. */
@AutoService(TokenIntrospectionProviderFactory.class)
public final class McpPermissionTokenIntrospectionFactory extends RPTIntrospectionProviderFactory {

    @Override
    public TokenIntrospectionProvider create(KeycloakSession session) {
        return new Introspection(session);
    }

    @Override
    public int order() {
        return Replacement.order(super.order());
    }

    private static final class Introspection extends RPTIntrospectionProvider {

        Introspection(KeycloakSession session) {
            super(session);
        }

        @Override
        protected boolean introspectionChecks(String encoded) {
            return super.introspectionChecks(encoded)
                    && McpAccessTokenIntrospection.isOfActiveClients(session, token, eventBuilder);
        }
    }
}

package dev.keycloakmcp.token.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.Replacement;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.AccessTokenIntrospectionProviderFactory;
import org.keycloak.protocol.oidc.TokenIntrospectionProvider;
import org.keycloak.protocol.oidc.TokenIntrospectionProviderFactory;

/** Token introspection (RFC 7662) that says of a bound token what the token says. */
@AutoService(TokenIntrospectionProviderFactory.class)
public final class McpAccessTokenIntrospectionFactory extends AccessTokenIntrospectionProviderFactory {

    @Override
    public TokenIntrospectionProvider create(KeycloakSession session) {
        return new McpAccessTokenIntrospection(session);
    }

    @Override
    public int order() {
        return Replacement.order(super.order());
    }
}

package dev.keycloakmcp.actor.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.Replacement;
import dev.keycloakmcp.token.provider.McpGrant;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.grants.JWTAuthorizationGrantTypeFactory;
import org.keycloak.protocol.oidc.grants.OAuth2GrantType;
import org.keycloak.protocol.oidc.grants.OAuth2GrantTypeFactory;

/** JWT authorization grant (RFC 7523 2.1) with tokens narrowed to their target. */
@AutoService(OAuth2GrantTypeFactory.class)
public final class McpJWTAuthorizationGrantTypeFactory extends JWTAuthorizationGrantTypeFactory {

    @Override
    public OAuth2GrantType create(KeycloakSession session) {
        return new McpGrant(session, new McpAssertionGrant());
    }

    @Override
    public int order() {
        return Replacement.order(super.order());
    }
}

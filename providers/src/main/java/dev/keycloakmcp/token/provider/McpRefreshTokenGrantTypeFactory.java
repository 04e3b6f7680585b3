package dev.keycloakmcp.token.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.Replacement;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.grants.OAuth2GrantType;
import org.keycloak.protocol.oidc.grants.OAuth2GrantTypeFactory;
import org.keycloak.protocol.oidc.grants.RefreshTokenGrantTypeFactory;

/** Refresh token grant (RFC 6749 6) with tokens narrowed to their target. */
@AutoService(OAuth2GrantTypeFactory.class)
public final class McpRefreshTokenGrantTypeFactory extends RefreshTokenGrantTypeFactory {

    @Override
    public OAuth2GrantType create(KeycloakSession session) {
        return new McpGrant(session, super.create(session));
    }

    @Override
    public int order() {
        return Replacement.order(super.order());
    }
}

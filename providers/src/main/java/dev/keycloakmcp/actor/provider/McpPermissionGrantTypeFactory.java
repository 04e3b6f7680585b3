package dev.keycloakmcp.actor.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.Replacement;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.grants.OAuth2GrantType;
import org.keycloak.protocol.oidc.grants.OAuth2GrantTypeFactory;
import org.keycloak.protocol.oidc.grants.PermissionGrantTypeFactory;

/** UMA grant whose tokens keep what the token they were asked for with says about actors. */
@AutoService(OAuth2GrantTypeFactory.class)
public final class McpPermissionGrantTypeFactory extends PermissionGrantTypeFactory {

    @Override
    public OAuth2GrantType create(KeycloakSession session) {
        return new McpPermissionGrant();
    }

    @Override
    public int order() {
        return Replacement.order(super.order());
    }
}

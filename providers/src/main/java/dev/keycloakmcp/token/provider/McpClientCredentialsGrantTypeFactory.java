package dev.keycloakmcp.token.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.Replacement;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.grants.ClientCredentialsGrantTypeFactory;
import org.keycloak.protocol.oidc.grants.OAuth2GrantType;
import org.keycloak.protocol.oidc.grants.OAuth2GrantTypeFactory;

/** Client credentials grant (RFC 6749 4.4) with tokens narrowed to their target. */
@AutoService(OAuth2GrantTypeFactory.class)
public final class McpClientCredentialsGrantTypeFactory extends ClientCredentialsGrantTypeFactory {

    @Override
    public OAuth2GrantType create(KeycloakSession session) {
        return new McpGrant(session, new McpClientCredentialsGrant());
    }

    @Override
    public int order() {
        return Replacement.order(super.order());
    }
}

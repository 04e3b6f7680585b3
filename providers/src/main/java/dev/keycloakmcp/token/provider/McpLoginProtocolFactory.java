package dev.keycloakmcp.token.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.Replacement;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.LoginProtocol;
import org.keycloak.protocol.LoginProtocolFactory;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.protocol.oidc.OIDCLoginProtocolFactory;

/**
 * OpenID Connect whose ID tokens of the authorization endpoint and whose userinfo let nobody forge an actor, and whose
 * endpoints take a parameter without a value as absent.
 */
@AutoService(LoginProtocolFactory.class)
public final class McpLoginProtocolFactory extends OIDCLoginProtocolFactory {

    @Override
    public LoginProtocol create(KeycloakSession session) {
        OIDCLoginProtocol replaced = (OIDCLoginProtocol) super.create(session);
        return new McpLoginProtocol(replaced.getConfig()).setSession(session);
    }

    @Override
    public Object createProtocolEndpoint(KeycloakSession session, EventBuilder event) {
        return McpEndpoints.of(session, event);
    }

    @Override
    public int order() {
        return Replacement.order(super.order());
    }
}

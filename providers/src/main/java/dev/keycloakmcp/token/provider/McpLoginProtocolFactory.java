package dev.keycloakmcp.token.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.Replacement;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.LoginProtocol;
import org.keycloak.protocol.LoginProtocolFactory;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.protocol.oidc.OIDCLoginProtocolFactory;
import org.keycloak.protocol.oidc.OIDCLoginProtocolService;
import org.keycloak.protocol.oidc.endpoints.UserInfoEndpoint;

/** OpenID Connect whose ID tokens of the authorization endpoint and whose userinfo let nobody forge an actor. */
@AutoService(LoginProtocolFactory.class)
public final class McpLoginProtocolFactory extends OIDCLoginProtocolFactory {

    @Override
    public LoginProtocol create(KeycloakSession session) {
        OIDCLoginProtocol replaced = (OIDCLoginProtocol) super.create(session);
        return new McpLoginProtocol(replaced.getConfig()).setSession(session);
    }

    @Override
    public Object createProtocolEndpoint(KeycloakSession session, EventBuilder event) {
        return new Endpoints(session, event);
    }

    @Override
    public int order() {
        return Replacement.order(super.order());
    }

    /** Keycloak's resource class stays what the server looks up; its paths are not declared again. */
    private static final class Endpoints extends OIDCLoginProtocolService {

        private final KeycloakSession requestSession;

        Endpoints(KeycloakSession session, EventBuilder event) {
            super(session, event);
            this.requestSession = session;
        }

        @Override
        public Object issueUserInfo() {
            return new UserInfoEndpoint(requestSession, new McpUserInfoManager());
        }
    }
}

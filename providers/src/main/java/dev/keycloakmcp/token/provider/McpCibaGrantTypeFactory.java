package dev.keycloakmcp.token.provider;

import com.google.auto.service.AutoService;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.grants.OAuth2GrantType;
import org.keycloak.protocol.oidc.grants.OAuth2GrantTypeFactory;
import org.keycloak.protocol.oidc.grants.ciba.CibaGrantType;
import org.keycloak.protocol.oidc.grants.ciba.CibaGrantTypeFactory;
import org.keycloak.representations.AccessToken;

/** Client-initiated backchannel authentication grant (OpenID CIBA) with tokens narrowed to their target. */
@AutoService(OAuth2GrantTypeFactory.class)
public final class McpCibaGrantTypeFactory extends CibaGrantTypeFactory {

    @Override
    public OAuth2GrantType create(KeycloakSession session) {
        return new Grant(session);
    }

    @Override
    public int order() {
        return super.order() + McpGrants.PRECEDENCE;
    }

    private static final class Grant extends CibaGrantType {

        private final KeycloakSession requestSession;

        Grant(KeycloakSession session) {
            this.requestSession = session;
        }

        @Override
        public Response process(Context context) {
            return super.process(McpGrants.prepare(context));
        }

        @Override
        public boolean isTokenAllowed(KeycloakSession session, AccessToken token) {
            return super.isTokenAllowed(session, token) && BoundToken.isForKeycloak(session, token);
        }

        @Override
        public Set<String> getSupportedMultivaluedRequestParameters() {
            return McpGrants.multivalued(requestSession, super.getSupportedMultivaluedRequestParameters());
        }
    }
}

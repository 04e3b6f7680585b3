package dev.keycloakmcp.token.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.policy.provider.McpRealm;
import jakarta.ws.rs.core.Response;
import java.util.HashSet;
import java.util.Set;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.grants.OAuth2GrantType;
import org.keycloak.protocol.oidc.grants.OAuth2GrantTypeFactory;
import org.keycloak.protocol.oidc.grants.TokenExchangeGrantType;
import org.keycloak.protocol.oidc.grants.TokenExchangeGrantTypeFactory;
import org.keycloak.representations.AccessToken;

/** Token exchange grant (RFC 8693) with tokens narrowed to their target. */
@AutoService(OAuth2GrantTypeFactory.class)
public final class McpTokenExchangeGrantTypeFactory extends TokenExchangeGrantTypeFactory {

    @Override
    public OAuth2GrantType create(KeycloakSession session) {
        return new Grant(session);
    }

    @Override
    public int order() {
        return super.order() + McpGrants.PRECEDENCE;
    }

    /** Refused where they are sent more than once, by the exchange itself, which tells the reason. */
    private static final Set<String> REFUSED_LATER = Set.of(
            OAuth2Constants.SUBJECT_TOKEN,
            OAuth2Constants.SUBJECT_TOKEN_TYPE,
            OAuth2Constants.ACTOR_TOKEN,
            OAuth2Constants.ACTOR_TOKEN_TYPE,
            OAuth2Constants.REQUESTED_TOKEN_TYPE,
            OAuth2Constants.SCOPE);

    private static final class Grant extends TokenExchangeGrantType {

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
            Set<String> names = new HashSet<>(
                    McpGrants.multivalued(requestSession, super.getSupportedMultivaluedRequestParameters()));
            if (McpRealm.isOptedIn(requestSession.getContext().getRealm())) {
                names.addAll(REFUSED_LATER);
            }
            return names;
        }
    }
}

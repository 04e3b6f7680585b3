package dev.keycloakmcp.token.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.provider.Replacement;
import java.util.Set;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.grants.OAuth2GrantType;
import org.keycloak.protocol.oidc.grants.OAuth2GrantTypeFactory;
import org.keycloak.protocol.oidc.grants.TokenExchangeGrantTypeFactory;

/** Token exchange grant (RFC 8693) with tokens narrowed to their target. */
@AutoService(OAuth2GrantTypeFactory.class)
public final class McpTokenExchangeGrantTypeFactory extends TokenExchangeGrantTypeFactory {

    /** Refused where they are sent more than once, by the exchange itself, which tells the reason. */
    private static final Set<String> REFUSED_LATER = Set.of(
            OAuth2Constants.SUBJECT_TOKEN,
            OAuth2Constants.SUBJECT_TOKEN_TYPE,
            OAuth2Constants.ACTOR_TOKEN,
            OAuth2Constants.ACTOR_TOKEN_TYPE,
            OAuth2Constants.REQUESTED_TOKEN_TYPE,
            OAuth2Constants.SCOPE);

    @Override
    public OAuth2GrantType create(KeycloakSession session) {
        return new McpGrant(session, super.create(session), REFUSED_LATER);
    }

    @Override
    public int order() {
        return Replacement.order(super.order());
    }
}

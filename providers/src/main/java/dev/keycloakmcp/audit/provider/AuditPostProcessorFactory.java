package dev.keycloakmcp.audit.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.policy.provider.TokenConstraints;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.token.TokenPostProcessor;
import org.keycloak.protocol.oidc.token.TokenPostProcessorFactory;

/** Sees every token that somebody gets, so that none of them lacks its row. */
@AutoService(TokenPostProcessorFactory.class)
public final class AuditPostProcessorFactory implements TokenPostProcessorFactory {

    static final String PROVIDER_ID = "mcp-audit";

    @Override
    public TokenPostProcessor create(KeycloakSession session) {
        return tokens -> {
            if (tokens.accessToken() != null
                    && !TokenConstraints.of(session).areInside()
                    && AuditSettings.isOn(session.getContext().getRealm())) {
                AuditedRequest.of(session).issued(tokens);
            }
        };
    }

    @Override
    public String getId() {
        return PROVIDER_ID;
    }
}

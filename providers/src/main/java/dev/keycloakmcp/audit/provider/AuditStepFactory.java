package dev.keycloakmcp.audit.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.policy.provider.TokenConstraints;
import dev.keycloakmcp.token.provider.TokenStep;
import dev.keycloakmcp.token.provider.TokenStepFactory;
import org.keycloak.models.KeycloakSession;

/** Sees every token that somebody gets, so that none of them lacks its row. */
@AutoService(TokenStepFactory.class)
public final class AuditStepFactory implements TokenStepFactory {

    static final String PROVIDER_ID = "audit";

    @Override
    public TokenStep create(KeycloakSession session) {
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

package dev.keycloakmcp.token.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.policy.provider.TokenConstraints;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.token.TokenPostProcessor;
import org.keycloak.protocol.oidc.token.TokenPostProcessorFactory;

/** Runs after every other token post-processor, so that nothing widens a token afterwards. */
@AutoService(TokenPostProcessorFactory.class)
public final class McpTokenPostProcessorFactory implements TokenPostProcessorFactory {

    static final String PROVIDER_ID = "mcp";

    /** Post-processors run in descending order. */
    private static final int LAST = Integer.MIN_VALUE;

    @Override
    public TokenPostProcessor create(KeycloakSession session) {
        return tokens -> {
            McpRequest.of(session)
                    .narrowing()
                    .ifPresentOrElse(
                            narrowing -> TokenClaims.bind(narrowing, tokens),
                            () -> TokenClaims.unbind(session, tokens));
            TokenConstraints.of(session).finishers().forEach(finisher -> finisher.finish(tokens));
        };
    }

    @Override
    public String getId() {
        return PROVIDER_ID;
    }

    @Override
    public int order() {
        return LAST;
    }
}

package dev.keycloakmcp.token.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.support.provider.Replacement;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.resourceindicators.ResourceIndicatorsPostProcessorFactory;
import org.keycloak.protocol.oidc.token.TokenPostProcessor;
import org.keycloak.protocol.oidc.token.TokenPostProcessorContext;
import org.keycloak.protocol.oidc.token.TokenPostProcessorFactory;

/**
 * Keycloak's experimental resource indicators, for all requests but those that an MCP policy governs. Exists only where
 * the feature is on.
 */
@AutoService(TokenPostProcessorFactory.class)
public final class McpResourceIndicatorsPostProcessorFactory extends ResourceIndicatorsPostProcessorFactory {

    @Override
    public TokenPostProcessor create(KeycloakSession session) {
        TokenPostProcessor delegate = super.create(session);
        return tokens -> {
            if (McpRequest.of(session).narrowing().isEmpty() && !isBesideCode(tokens)) {
                delegate.process(tokens);
            }
        };
    }

    /** Keycloak's own looks for the code of such a token, which comes with it. */
    private static boolean isBesideCode(TokenPostProcessorContext tokens) {
        return tokens.code() == null
                && OAuth2Constants.AUTHORIZATION_CODE.equals(
                        tokens.clientSessionCtx().getAttribute(Constants.GRANT_TYPE, String.class));
    }

    @Override
    public int order() {
        return Replacement.order(super.order());
    }
}

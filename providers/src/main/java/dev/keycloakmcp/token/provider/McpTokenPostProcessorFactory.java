package dev.keycloakmcp.token.provider;

import com.google.auto.service.AutoService;
import java.util.Comparator;
import java.util.List;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.protocol.oidc.token.TokenPostProcessor;
import org.keycloak.protocol.oidc.token.TokenPostProcessorFactory;

/** Runs after every other token post-processor, so that nothing widens a token afterwards. */
@AutoService(TokenPostProcessorFactory.class)
public final class McpTokenPostProcessorFactory implements TokenPostProcessorFactory {

    static final String PROVIDER_ID = "mcp";

    /** Post-processors run in descending order. */
    private static final int LAST = Integer.MIN_VALUE;

    private List<String> steps = List.of();

    @Override
    public void postInit(KeycloakSessionFactory factory) {
        steps = factory.getProviderFactoriesStream(TokenStep.class)
                .map(TokenStepFactory.class::cast)
                .sorted(Comparator.comparingInt(TokenStepFactory::order)
                        .reversed()
                        .thenComparing(TokenStepFactory::getId))
                .map(TokenStepFactory::getId)
                .toList();
    }

    @Override
    public TokenPostProcessor create(KeycloakSession session) {
        return tokens ->
                steps.forEach(step -> session.getProvider(TokenStep.class, step).process(tokens));
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

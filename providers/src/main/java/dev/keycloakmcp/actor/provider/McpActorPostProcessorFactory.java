package dev.keycloakmcp.actor.provider;

import com.google.auto.service.AutoService;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.token.TokenPostProcessor;
import org.keycloak.protocol.oidc.token.TokenPostProcessorFactory;

/** The factory of the post-processor that writes {@code act} and {@code may_act}. */
@AutoService(TokenPostProcessorFactory.class)
public final class McpActorPostProcessorFactory implements TokenPostProcessorFactory {

    static final String PROVIDER_ID = "mcp-actor";

    /** Post-processors run in descending order; only the one that narrows a token to its target comes later. */
    private static final int LAST_BUT_ONE = Integer.MIN_VALUE + 1;

    @Override
    public TokenPostProcessor create(KeycloakSession session) {
        return new McpActorPostProcessor(session);
    }

    @Override
    public String getId() {
        return PROVIDER_ID;
    }

    @Override
    public int order() {
        return LAST_BUT_ONE;
    }
}

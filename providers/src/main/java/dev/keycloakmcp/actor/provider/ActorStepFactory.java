package dev.keycloakmcp.actor.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.token.provider.TokenStep;
import dev.keycloakmcp.token.provider.TokenStepFactory;
import org.keycloak.models.KeycloakSession;

/** The factory of the step that writes {@code act} and {@code may_act}. */
@AutoService(TokenStepFactory.class)
public final class ActorStepFactory implements TokenStepFactory {

    static final String PROVIDER_ID = "actor";

    /** Only the step that narrows a token to its target comes later. */
    private static final int LAST_BUT_ONE = Integer.MIN_VALUE + 1;

    @Override
    public TokenStep create(KeycloakSession session) {
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

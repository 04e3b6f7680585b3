package dev.keycloakmcp.registration.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.token.provider.TokenStep;
import dev.keycloakmcp.token.provider.TokenStepFactory;
import org.keycloak.common.util.Time;
import org.keycloak.models.KeycloakSession;

/** Sees every token of every grant, and notes that its client is in use. */
@AutoService(TokenStepFactory.class)
public final class ClientUseStepFactory implements TokenStepFactory {

    static final String PROVIDER_ID = "client-use";

    private final ClientUse use = new ClientUse();

    @Override
    public TokenStep create(KeycloakSession session) {
        return tokens ->
                use.note(session, tokens.clientSessionCtx().getClientSession().getClient(), Time.currentTime());
    }

    @Override
    public String getId() {
        return PROVIDER_ID;
    }
}

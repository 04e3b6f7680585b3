package dev.keycloakmcp.registration.provider;

import com.google.auto.service.AutoService;
import org.keycloak.common.util.Time;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.token.TokenPostProcessor;
import org.keycloak.protocol.oidc.token.TokenPostProcessorFactory;

/** Sees every token of every grant, and notes that its client is in use. */
@AutoService(TokenPostProcessorFactory.class)
public final class ClientUseObserverFactory implements TokenPostProcessorFactory {

    static final String PROVIDER_ID = "mcp-client-use";

    private final ClientUse use = new ClientUse();

    @Override
    public TokenPostProcessor create(KeycloakSession session) {
        return tokens ->
                use.note(session, tokens.clientSessionCtx().getClientSession().getClient(), Time.currentTime());
    }

    @Override
    public String getId() {
        return PROVIDER_ID;
    }
}

package dev.keycloakmcp.token.provider;

import com.google.auto.service.AutoService;
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderFactory;
import org.keycloak.provider.Spi;

/** Names the steps of the token post-processor to Keycloak. */
@AutoService(Spi.class)
public final class TokenStepSpi implements Spi {

    @Override
    public boolean isInternal() {
        return false;
    }

    @Override
    public String getName() {
        return "mcp-token-step";
    }

    @Override
    public Class<? extends Provider> getProviderClass() {
        return TokenStep.class;
    }

    @Override
    public Class<? extends ProviderFactory<?>> getProviderFactoryClass() {
        return TokenStepFactory.class;
    }
}

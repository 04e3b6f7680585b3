package dev.keycloakmcp.support.provider;

import com.google.auto.service.AutoService;
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderFactory;
import org.keycloak.provider.Spi;

/** Names the meters to Keycloak. */
@AutoService(Spi.class)
public final class RealmMetersSpi implements Spi {

    @Override
    public boolean isInternal() {
        return false;
    }

    @Override
    public String getName() {
        return "mcp-meters";
    }

    @Override
    public Class<? extends Provider> getProviderClass() {
        return RealmMeters.class;
    }

    @Override
    public Class<? extends ProviderFactory<?>> getProviderFactoryClass() {
        return RealmMetersFactory.class;
    }
}

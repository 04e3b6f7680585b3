package dev.keycloakmcp.support.provider;

import com.google.auto.service.AutoService;
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderFactory;
import org.keycloak.provider.Spi;

/** Names the locks to Keycloak. */
@AutoService(Spi.class)
public final class ClusterLockSpi implements Spi {

    @Override
    public boolean isInternal() {
        return false;
    }

    @Override
    public String getName() {
        return "mcp-cluster-lock";
    }

    @Override
    public Class<? extends Provider> getProviderClass() {
        return ClusterLock.class;
    }

    @Override
    public Class<? extends ProviderFactory<?>> getProviderFactoryClass() {
        return ClusterLockFactory.class;
    }
}

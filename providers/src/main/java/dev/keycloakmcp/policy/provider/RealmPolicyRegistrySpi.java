package dev.keycloakmcp.policy.provider;

import com.google.auto.service.AutoService;
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderFactory;
import org.keycloak.provider.Spi;

/** Names the registry of client profiles and policies to Keycloak. */
@AutoService(Spi.class)
public final class RealmPolicyRegistrySpi implements Spi {

    @Override
    public boolean isInternal() {
        return false;
    }

    @Override
    public String getName() {
        return "mcp-policy-registry";
    }

    @Override
    public Class<? extends Provider> getProviderClass() {
        return RealmPolicyRegistry.class;
    }

    @Override
    public Class<? extends ProviderFactory<?>> getProviderFactoryClass() {
        return RealmPolicyRegistryFactory.class;
    }
}

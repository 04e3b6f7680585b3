package dev.keycloakmcp.policy.provider;

import com.google.auto.service.AutoService;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;
import org.keycloak.provider.ProviderFactory;

/** Holds the profiles and policies of each realm on this node, with the texts that they were parsed from. */
@AutoService(RealmPolicyRegistryFactory.class)
public final class RealmPolicyRegistryFactory implements ProviderFactory<RealmPolicyRegistry> {

    static final String PROVIDER_ID = "default";

    private final ConcurrentMap<String, ParsedPolicies> byRealm = new ConcurrentHashMap<>();

    @Override
    public RealmPolicyRegistry create(KeycloakSession session) {
        return new CachedRealmPolicies(session, byRealm);
    }

    @Override
    public void init(Config.Scope config) {}

    @Override
    public void postInit(KeycloakSessionFactory factory) {
        factory.register(event -> {
            if (event instanceof RealmModel.RealmRemovedEvent removed) {
                byRealm.remove(removed.getRealm().getId());
            }
        });
    }

    @Override
    public void close() {}

    @Override
    public String getId() {
        return PROVIDER_ID;
    }
}

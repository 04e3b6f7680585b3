package dev.keycloakmcp.policy.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.linkage.provider.RunningKeycloak;
import dev.keycloakmcp.support.provider.UnconfiguredFactory;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;

/** Holds the profiles and policies of each realm on this node, with the texts that they were parsed from. */
@AutoService(RealmPolicyRegistryFactory.class)
public final class RealmPolicyRegistryFactory implements UnconfiguredFactory<RealmPolicyRegistry> {

    static final String PROVIDER_ID = "default";

    private final ConcurrentMap<String, ParsedPolicies> byRealm = new ConcurrentHashMap<>();

    @Override
    public RealmPolicyRegistry create(KeycloakSession session) {
        return new CachedRealmPolicies(session, byRealm);
    }

    @Override
    public void postInit(KeycloakSessionFactory factory) {
        RunningKeycloak.announce();
        factory.register(event -> {
            if (event instanceof RealmModel.RealmRemovedEvent removed) {
                byRealm.remove(removed.getRealm().getId());
            }
        });
    }

    @Override
    public String getId() {
        return PROVIDER_ID;
    }
}

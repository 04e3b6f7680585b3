package dev.keycloakmcp.support.provider;

import com.google.auto.service.AutoService;
import dev.keycloakmcp.support.RealmLabels;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.RealmModel;

/** Holds which realms the meters of this node tell apart. */
@AutoService(RealmMetersFactory.class)
public final class RealmMetersFactory implements UnconfiguredFactory<RealmMeters> {

    static final String PROVIDER_ID = "default";

    private static final String MOST_REALMS = "most-realms";
    private static final int MOST_REALMS_DEFAULT = 100;

    private RealmMeters meters = new RealmMeters(new RealmLabels(MOST_REALMS_DEFAULT));

    /** {@code --spi-mcp-meters--default--most-realms} */
    @Override
    public void init(Config.Scope config) {
        meters = new RealmMeters(new RealmLabels(config.getInt(MOST_REALMS, MOST_REALMS_DEFAULT)));
    }

    @Override
    public RealmMeters create(KeycloakSession session) {
        return meters;
    }

    @Override
    public void postInit(KeycloakSessionFactory factory) {
        factory.register(event -> {
            if (event instanceof RealmModel.RealmRemovedEvent removed) {
                meters.forget(removed.getRealm().getName()::equals);
            }
        });
    }

    @Override
    public String getId() {
        return PROVIDER_ID;
    }
}

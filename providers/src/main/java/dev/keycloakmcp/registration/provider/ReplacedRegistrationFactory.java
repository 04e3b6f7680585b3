package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.support.provider.Replacement;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.provider.Provider;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.services.clientregistration.ClientRegistrationProvider;
import org.keycloak.services.clientregistration.ClientRegistrationProviderFactory;

/**
 * One of Keycloak's own registration endpoints, by tokens that are for Keycloak ({@link RegistrationBearer}), and out of
 * reach of what administrators decide ({@link GuardedRegistrationAuth}).
 */
abstract class ReplacedRegistrationFactory implements ClientRegistrationProviderFactory {

    private final ClientRegistrationProviderFactory replaced;

    ReplacedRegistrationFactory(ClientRegistrationProviderFactory replaced) {
        this.replaced = replaced;
    }

    @Override
    public @Nullable ClientRegistrationProvider create(KeycloakSession session) {
        RegistrationBearer.require(session);
        return McpRegistration.isGuarded(session) ? endpoint(session) : replaced.create(session);
    }

    /** The endpoint in realms that opted in, whose class is Keycloak's but for the guard. */
    abstract ClientRegistrationProvider endpoint(KeycloakSession session);

    @Override
    public String getId() {
        return replaced.getId();
    }

    @Override
    public int order() {
        return Replacement.order(replaced.order());
    }

    @Override
    public void init(Config.Scope config) {
        replaced.init(config);
    }

    @Override
    public void postInit(KeycloakSessionFactory factory) {
        replaced.postInit(factory);
    }

    @Override
    public List<ProviderConfigProperty> getConfigMetadata() {
        return replaced.getConfigMetadata();
    }

    @Override
    public Set<Class<? extends Provider>> dependsOn() {
        return replaced.dependsOn();
    }

    @Override
    public void close() {
        replaced.close();
    }
}

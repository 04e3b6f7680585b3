package dev.keycloakmcp.registration.provider;

import com.google.auto.service.AutoService;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.clientregistration.AdapterInstallationClientRegistrationProviderFactory;
import org.keycloak.services.clientregistration.ClientRegistrationProvider;
import org.keycloak.services.clientregistration.ClientRegistrationProviderFactory;

/** Registration in configurations of Keycloak's adapters, by tokens that are for Keycloak. */
@AutoService(ClientRegistrationProviderFactory.class)
public final class McpInstallationRegistrationFactory extends AdapterInstallationClientRegistrationProviderFactory {

    @Override
    public ClientRegistrationProvider create(KeycloakSession session) {
        RegistrationBearer.require(session);
        return super.create(session);
    }

    @Override
    public int order() {
        return super.order() + 1;
    }
}

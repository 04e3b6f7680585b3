package dev.keycloakmcp.registration.provider;

import com.google.auto.service.AutoService;
import org.keycloak.services.clientregistration.AdapterInstallationClientRegistrationProviderFactory;
import org.keycloak.services.clientregistration.ClientRegistrationProviderFactory;

/** Registration in configurations of Keycloak's adapters. */
@AutoService(ClientRegistrationProviderFactory.class)
public final class McpInstallationRegistrationFactory extends ReplacedRegistrationFactory {

    public McpInstallationRegistrationFactory() {
        super(new AdapterInstallationClientRegistrationProviderFactory());
    }
}

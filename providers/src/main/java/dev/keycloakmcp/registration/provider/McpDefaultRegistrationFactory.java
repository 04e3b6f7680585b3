package dev.keycloakmcp.registration.provider;

import com.google.auto.service.AutoService;
import org.keycloak.services.clientregistration.ClientRegistrationProviderFactory;
import org.keycloak.services.clientregistration.DefaultClientRegistrationProviderFactory;

/** Registration in Keycloak's own format. */
@AutoService(ClientRegistrationProviderFactory.class)
public final class McpDefaultRegistrationFactory extends ReplacedRegistrationFactory {

    public McpDefaultRegistrationFactory() {
        super(new DefaultClientRegistrationProviderFactory());
    }
}

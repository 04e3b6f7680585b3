package dev.keycloakmcp.registration.provider;

import com.google.auto.service.AutoService;
import org.keycloak.protocol.saml.clientregistration.EntityDescriptorClientRegistrationProviderFactory;
import org.keycloak.services.clientregistration.ClientRegistrationProviderFactory;

/** Registration in SAML entity descriptors. */
@AutoService(ClientRegistrationProviderFactory.class)
public final class McpSamlRegistrationFactory extends ReplacedRegistrationFactory {

    public McpSamlRegistrationFactory() {
        super(new EntityDescriptorClientRegistrationProviderFactory());
    }
}

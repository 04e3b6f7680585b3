package dev.keycloakmcp.registration.provider;

import com.google.auto.service.AutoService;
import org.keycloak.services.clientregistration.ClientRegistrationProviderFactory;
import org.keycloak.services.clientregistration.oidc.OIDCClientRegistrationProviderFactory;

/** Registration in OpenID Connect Dynamic Client Registration. */
@AutoService(ClientRegistrationProviderFactory.class)
public final class McpOidcRegistrationFactory extends ReplacedRegistrationFactory {

    public McpOidcRegistrationFactory() {
        super(new OIDCClientRegistrationProviderFactory());
    }
}

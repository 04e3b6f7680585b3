package dev.keycloakmcp.registration.provider;

import com.google.auto.service.AutoService;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.clientregistration.AdapterInstallationClientRegistrationProvider;
import org.keycloak.services.clientregistration.AdapterInstallationClientRegistrationProviderFactory;
import org.keycloak.services.clientregistration.ClientRegistrationAuth;
import org.keycloak.services.clientregistration.ClientRegistrationProvider;
import org.keycloak.services.clientregistration.ClientRegistrationProviderFactory;

/** Registration in configurations of Keycloak's adapters. */
@AutoService(ClientRegistrationProviderFactory.class)
public final class McpInstallationRegistrationFactory extends ReplacedRegistrationFactory {

    public McpInstallationRegistrationFactory() {
        super(new AdapterInstallationClientRegistrationProviderFactory());
    }

    @Override
    ClientRegistrationProvider endpoint(KeycloakSession session) {
        return new Endpoint(session, getId());
    }

    /** Keycloak's resource class stays what the server looks up; its paths are not declared again. */
    private static final class Endpoint extends AdapterInstallationClientRegistrationProvider {

        private final KeycloakSession session;
        private final String id;

        Endpoint(KeycloakSession session, String id) {
            super(session);
            this.session = session;
            this.id = id;
        }

        @Override
        public void setAuth(ClientRegistrationAuth auth) {
            super.setAuth(GuardedRegistrationAuth.of(session, this, id, auth));
        }
    }
}

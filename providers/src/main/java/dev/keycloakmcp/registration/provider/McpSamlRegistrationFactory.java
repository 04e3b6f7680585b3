package dev.keycloakmcp.registration.provider;

import com.google.auto.service.AutoService;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.saml.clientregistration.EntityDescriptorClientRegistrationProvider;
import org.keycloak.protocol.saml.clientregistration.EntityDescriptorClientRegistrationProviderFactory;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.services.clientregistration.ClientRegistrationAuth;
import org.keycloak.services.clientregistration.ClientRegistrationContext;
import org.keycloak.services.clientregistration.ClientRegistrationProvider;
import org.keycloak.services.clientregistration.ClientRegistrationProviderFactory;

/** Registration in SAML entity descriptors. */
@AutoService(ClientRegistrationProviderFactory.class)
public final class McpSamlRegistrationFactory extends ReplacedRegistrationFactory {

    public McpSamlRegistrationFactory() {
        super(new EntityDescriptorClientRegistrationProviderFactory());
    }

    @Override
    ClientRegistrationProvider endpoint(KeycloakSession session) {
        return new Endpoint(session, getId());
    }

    /** Keycloak's resource class stays what the server looks up; its paths are not declared again. */
    private static final class Endpoint extends EntityDescriptorClientRegistrationProvider {

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

        @Override
        public ClientRepresentation create(ClientRegistrationContext context) {
            return RegistrationAnswer.of(session, super.create(context));
        }
    }
}

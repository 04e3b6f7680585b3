package dev.keycloakmcp.registration.provider;

import com.google.auto.service.AutoService;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.services.clientregistration.ClientRegistrationAuth;
import org.keycloak.services.clientregistration.ClientRegistrationContext;
import org.keycloak.services.clientregistration.ClientRegistrationProvider;
import org.keycloak.services.clientregistration.ClientRegistrationProviderFactory;
import org.keycloak.services.clientregistration.DefaultClientRegistrationProvider;
import org.keycloak.services.clientregistration.DefaultClientRegistrationProviderFactory;

/** Registration in Keycloak's own format. */
@AutoService(ClientRegistrationProviderFactory.class)
public final class McpDefaultRegistrationFactory extends ReplacedRegistrationFactory {

    public McpDefaultRegistrationFactory() {
        super(new DefaultClientRegistrationProviderFactory());
    }

    @Override
    ClientRegistrationProvider endpoint(KeycloakSession session) {
        return new Endpoint(session, getId());
    }

    /** Keycloak's resource class stays what the server looks up; its paths are not declared again. */
    private static final class Endpoint extends DefaultClientRegistrationProvider {

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
            RegistrationAnswer.requireClient(context);
            return RegistrationAnswer.of(session, super.create(context));
        }

        @Override
        public ClientRepresentation get(ClientModel client) {
            return RegistrationAnswer.of(session, super.get(client));
        }

        @Override
        public ClientRepresentation update(String clientId, ClientRegistrationContext context) {
            RegistrationAnswer.requireClient(context);
            return RegistrationAnswer.of(session, super.update(clientId, context));
        }
    }
}

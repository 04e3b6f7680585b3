package dev.keycloakmcp.registration.provider;

import com.google.auto.service.AutoService;
import org.keycloak.Config;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.services.clientregistration.ClientRegistrationProvider;
import org.keycloak.services.clientregistration.ClientRegistrationProviderFactory;

/** The registration endpoint {@code /realms/{realm}/clients-registrations/mcp}. */
@AutoService(ClientRegistrationProviderFactory.class)
public final class McpClientRegistrationProviderFactory implements ClientRegistrationProviderFactory {

    static final String PROVIDER_ID = "mcp";

    @Override
    public ClientRegistrationProvider create(KeycloakSession session) {
        return new McpClientRegistrationProvider(session);
    }

    @Override
    public void init(Config.Scope config) {}

    @Override
    public void postInit(KeycloakSessionFactory factory) {}

    @Override
    public void close() {}

    @Override
    public String getId() {
        return PROVIDER_ID;
    }
}

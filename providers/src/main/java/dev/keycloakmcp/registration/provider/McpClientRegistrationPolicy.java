package dev.keycloakmcp.registration.provider;

import org.keycloak.models.ClientModel;
import org.keycloak.services.clientregistration.ClientRegistrationContext;
import org.keycloak.services.clientregistration.ClientRegistrationProvider;
import org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy;

/**
 * The component at Keycloak's own registration endpoints, where Keycloak runs it as well: it does nothing. What holds there
 * in realms that opted in hangs on no component ({@link GuardedRegistrationAuth}).
 */
final class McpClientRegistrationPolicy implements ClientRegistrationPolicy {

    @Override
    public void beforeRegister(ClientRegistrationContext context) {}

    @Override
    public void afterRegister(ClientRegistrationContext context, ClientModel client) {}

    @Override
    public void beforeUpdate(ClientRegistrationContext context, ClientModel client) {}

    @Override
    public void afterUpdate(ClientRegistrationContext context, ClientModel client) {}

    @Override
    public void beforeView(ClientRegistrationProvider provider, ClientModel client) {}

    @Override
    public void beforeDelete(ClientRegistrationProvider provider, ClientModel client) {}
}

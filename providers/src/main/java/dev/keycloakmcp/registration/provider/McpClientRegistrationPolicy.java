package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.resource.provider.McpAttributes;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.protocol.oauth2.cimd.provider.AbstractPersistentClientIdMetadataDocumentProvider;
import org.keycloak.services.clientregistration.ClientRegistrationContext;
import org.keycloak.services.clientregistration.ClientRegistrationProvider;
import org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy;
import org.keycloak.services.clientregistration.policy.ClientRegistrationPolicyException;

/**
 * What the component does at Keycloak's own registration endpoints, where Keycloak runs it as well: nothing, but keep
 * MCP clients and their provenance out of their reach.
 */
final class McpClientRegistrationPolicy implements ClientRegistrationPolicy {

    @Override
    public void beforeRegister(ClientRegistrationContext context) throws ClientRegistrationPolicyException {
        refuseProvenance(context);
    }

    @Override
    public void afterRegister(ClientRegistrationContext context, ClientModel client) {}

    @Override
    public void beforeUpdate(ClientRegistrationContext context, ClientModel client)
            throws ClientRegistrationPolicyException {
        refuseMcpClient(client);
        refuseProvenance(context);
    }

    @Override
    public void afterUpdate(ClientRegistrationContext context, ClientModel client) {}

    @Override
    public void beforeView(ClientRegistrationProvider provider, ClientModel client)
            throws ClientRegistrationPolicyException {
        refuseMcpClient(client);
    }

    @Override
    public void beforeDelete(ClientRegistrationProvider provider, ClientModel client)
            throws ClientRegistrationPolicyException {
        refuseMcpClient(client);
    }

    private static void refuseMcpClient(ClientModel client) throws ClientRegistrationPolicyException {
        if (client.getAttribute(McpAttributes.REGISTRATION) != null) {
            throw new ClientRegistrationPolicyException(
                    "The client was registered at the mcp endpoint; use its registration_client_uri");
        }
    }

    private static void refuseProvenance(ClientRegistrationContext context) throws ClientRegistrationPolicyException {
        @Nullable Map<String, String> attributes = context.getClient().getAttributes();
        if (attributes != null
                && (attributes.containsKey(McpAttributes.REGISTRATION)
                        || attributes.containsKey(McpAttributes.REGISTERED_AT)
                        || attributes.containsKey(
                                AbstractPersistentClientIdMetadataDocumentProvider.CIMD_CACHE_EXPIRY_TIME_IN_SEC))) {
            throw new ClientRegistrationPolicyException("The provenance of MCP clients cannot be set here");
        }
    }
}

package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.resource.McpAttributes;
import dev.keycloakmcp.resource.ResourceIndicator;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oauth2.cimd.provider.AbstractPersistentClientIdMetadataDocumentProvider;
import org.keycloak.services.clientregistration.ClientRegistrationContext;
import org.keycloak.services.clientregistration.ClientRegistrationProvider;
import org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy;
import org.keycloak.services.clientregistration.policy.ClientRegistrationPolicyException;

/**
 * The component at Keycloak's own registration endpoints, where Keycloak runs it as well: it does nothing, but keep
 * MCP clients, their provenance, and what administrators decide about clients out of their reach.
 */
final class McpClientRegistrationPolicy implements ClientRegistrationPolicy {

    /** Attributes that no client decides about itself. */
    private static final List<String> OF_ADMINISTRATORS = List.of(
            McpAttributes.ALLOWED_RESOURCES,
            McpAttributes.SUSPENDED,
            McpAttributes.SUSPENDED_AT,
            McpAttributes.SUSPENDED_BY);

    private final KeycloakSession session;

    McpClientRegistrationPolicy(KeycloakSession session) {
        this.session = session;
    }

    @Override
    public void beforeRegister(ClientRegistrationContext context) throws ClientRegistrationPolicyException {
        refuseProvenance(context);
        refuseDecisions(context, null);
    }

    @Override
    public void afterRegister(ClientRegistrationContext context, ClientModel client) {}

    @Override
    public void beforeUpdate(ClientRegistrationContext context, ClientModel client)
            throws ClientRegistrationPolicyException {
        refuseMcpClient(client);
        refuseProvenance(context);
        refuseDecisions(context, client);
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

    private void refuseDecisions(ClientRegistrationContext context, @Nullable ClientModel client)
            throws ClientRegistrationPolicyException {
        for (String attribute : OF_ADMINISTRATORS) {
            if (changed(context, client, attribute).isPresent()) {
                throw new ClientRegistrationPolicyException("Only administrators set the attribute " + attribute);
            }
        }
        // Two clients that claim one URI would leave nobody a token for it.
        if (changed(context, client, McpAttributes.RESOURCE_URL)
                .filter(this::isTaken)
                .isPresent()) {
            throw new ClientRegistrationPolicyException("Another client has this " + McpAttributes.RESOURCE_URL);
        }
    }

    private boolean isTaken(String url) {
        return session.getProvider(McpServerRegistry.class)
                        .isDeclared(session.getContext().getRealm(), url)
                || ResourceIndicator.parse(url)
                        .map(McpServerRegistry.of(session)::claiming)
                        .filter(claiming -> !claiming.isEmpty())
                        .isPresent();
    }

    /** The value of an attribute that the request would change. */
    private static Optional<String> changed(
            ClientRegistrationContext context, @Nullable ClientModel client, String attribute) {
        @Nullable Map<String, String> attributes = context.getClient().getAttributes();
        if (attributes == null || !attributes.containsKey(attribute)) {
            return Optional.empty();
        }
        String wanted = Objects.requireNonNullElse(attributes.get(attribute), "");
        String current = client == null ? "" : Objects.requireNonNullElse(client.getAttribute(attribute), "");
        return wanted.equals(current) ? Optional.empty() : Optional.of(wanted);
    }
}

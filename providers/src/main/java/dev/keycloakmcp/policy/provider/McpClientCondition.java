package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.policy.ClientFacts;
import dev.keycloakmcp.policy.ClientKind;
import dev.keycloakmcp.resource.McpAttributes;
import dev.keycloakmcp.resource.McpServers;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.representations.idm.ClientPolicyConditionConfigurationRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.ClientPolicyVote;
import org.keycloak.services.clientpolicy.condition.AbstractClientPolicyConditionProvider;
import org.keycloak.services.clientpolicy.context.ClientModelContext;
import org.keycloak.services.clientpolicy.context.PreAuthorizationRequestContext;

/** The condition that the client of a request is of one of the configured kinds. */
final class McpClientCondition extends AbstractClientPolicyConditionProvider<McpClientCondition.Configuration> {

    McpClientCondition(KeycloakSession session) {
        super(session);
    }

    @Override
    public String getProviderId() {
        return McpClientConditionFactory.PROVIDER_ID;
    }

    @Override
    public Class<Configuration> getConditionConfigurationClass() {
        return Configuration.class;
    }

    @Override
    public ClientPolicyVote applyPolicy(ClientPolicyContext context) {
        Optional<ClientModel> client = client(context);
        if (client.isEmpty()) {
            return ClientPolicyVote.ABSTAIN;
        }
        Set<ClientKind> kinds = facts(client.get()).kinds();
        kinds.retainAll(configuration.kinds());
        return kinds.isEmpty() ? ClientPolicyVote.NO : ClientPolicyVote.YES;
    }

    private Optional<ClientModel> client(ClientPolicyContext context) {
        if (context instanceof PreAuthorizationRequestContext authorization) {
            return Optional.ofNullable(authorization.getClientId())
                    .map(id -> session.getContext().getRealm().getClientByClientId(id));
        }
        if (context instanceof ClientModelContext ofClient) {
            return Optional.ofNullable(ofClient.getClient());
        }
        return Optional.ofNullable(session.getContext().getClient());
    }

    private ClientFacts facts(ClientModel client) {
        McpServers servers = McpServerRegistry.of(session);
        return new ClientFacts(
                ClientOrigin.isRegistered(client),
                ClientOrigin.isMetadataDocument(client),
                GrantsOfClient.signPeopleIn(client),
                GrantsOfClient.exchangeTokens(client),
                client.isServiceAccountsEnabled(),
                client.getAttribute(McpAttributes.ALLOWED_RESOURCES) != null,
                Stream.of(true, false)
                        .flatMap(assignedByDefault -> client.getClientScopes(assignedByDefault).keySet().stream())
                        .anyMatch(servers::isMcpScope),
                client.getAttribute(McpAttributes.RESOURCE_URL) != null);
    }

    /** Configuration; unknown kinds are ignored. No kinds mean all, also as the Admin Console writes none: an empty text. */
    static final class Configuration extends ClientPolicyConditionConfigurationRepresentation {

        Set<ClientKind> kinds() {
            List<String> selected =
                    McpClientConditionFactory.KINDS.read(getConfigAsMap().get(McpClientConditionFactory.KINDS.key()));
            return selected.isEmpty()
                    ? EnumSet.allOf(ClientKind.class)
                    : selected.stream()
                            .map(ClientKind::of)
                            .flatMap(Optional::stream)
                            .collect(Collectors.toSet());
        }
    }
}

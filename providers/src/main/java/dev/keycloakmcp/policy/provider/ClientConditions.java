package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.policy.RealmPolicies.Component;
import java.util.Optional;
import java.util.function.Function;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.representations.idm.ClientPolicyConditionConfigurationRepresentation;
import org.keycloak.services.clientpolicy.ClientPolicyEvent;
import org.keycloak.services.clientpolicy.ClientPolicyException;
import org.keycloak.services.clientpolicy.ClientPolicyVote;
import org.keycloak.services.clientpolicy.condition.ClientPolicyConditionProvider;
import org.keycloak.services.clientpolicy.context.ClientModelContext;
import org.keycloak.util.JsonSerialization;

/**
 * The votes of conditions on a client alone. Conditions that look at a request, such as its scopes or its target, abstain,
 * as they do wherever a request has nothing for them.
 */
final class ClientConditions implements Function<Component, Optional<Boolean>> {

    /** A client whose token is looked at: the event that brings conditions the client and little else. */
    private record OfClient(ClientModel client) implements ClientModelContext {
        @Override
        public ClientModel getClient() {
            return client;
        }

        @Override
        public ClientPolicyEvent getEvent() {
            return ClientPolicyEvent.TOKEN_INTROSPECT;
        }
    }

    private final KeycloakSession session;
    private final ClientModel client;

    ClientConditions(KeycloakSession session, ClientModel client) {
        this.session = session;
        this.client = client;
    }

    @Override
    public Optional<Boolean> apply(Component condition) {
        ClientPolicyConditionProvider<?> provider =
                session.getProvider(ClientPolicyConditionProvider.class, condition.providerId());
        return provider == null ? Optional.of(false) : vote(provider, condition);
    }

    private <C extends ClientPolicyConditionConfigurationRepresentation> Optional<Boolean> vote(
            ClientPolicyConditionProvider<C> provider, Component condition) {
        provider.setupConfiguration(JsonSerialization.mapper.convertValue(
                condition.configuration(), provider.getConditionConfigurationClass()));
        try {
            ClientPolicyVote vote = provider.applyPolicy(new OfClient(client));
            return vote == ClientPolicyVote.ABSTAIN
                    ? Optional.empty()
                    : Optional.of((vote == ClientPolicyVote.YES) != provider.isNegativeLogic());
        } catch (ClientPolicyException e) {
            return Optional.of(false); // Keycloak refuses the request instead of applying the policy
        }
    }
}

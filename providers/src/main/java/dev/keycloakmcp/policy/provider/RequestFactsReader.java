package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.policy.RequestFacts;
import dev.keycloakmcp.resource.McpAttributes;
import dev.keycloakmcp.resource.ResourceIndicator;
import dev.keycloakmcp.resource.TargetRequest;
import dev.keycloakmcp.support.provider.PerRequest;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.context.ClientModelContext;

/**
 * Reads the facts of a request from the context of a client policy event. Conditions and executors ask about the same event
 * one after the other, so the facts of the last one are kept.
 */
final class RequestFactsReader {

    private final KeycloakSession session;
    private @Nullable ClientPolicyContext lastContext;
    private Optional<RequestFacts> lastFacts = Optional.empty();

    private RequestFactsReader(KeycloakSession session) {
        this.session = session;
    }

    static RequestFactsReader of(KeycloakSession session) {
        return PerRequest.get(session, RequestFactsReader.class, RequestFactsReader::new);
    }

    /** The facts; empty for events that lead to no token, and for a refresh token that Keycloak will refuse. */
    Optional<RequestFacts> read(ClientPolicyContext context) {
        if (context != lastContext) {
            lastFacts = client(context)
                    .flatMap(client -> SentParameters.of(session, context).map(sent -> facts(client, sent)));
            lastContext = context;
        }
        return lastFacts;
    }

    private Optional<ClientModel> client(ClientPolicyContext context) {
        return Optional.ofNullable(
                context instanceof ClientModelContext ofClient
                        ? ofClient.getClient()
                        : session.getContext().getClient());
    }

    private static RequestFacts facts(ClientModel client, SentParameters sent) {
        Map<String, ClientScopeModel> byDefault = client.getClientScopes(true);
        Map<String, ClientScopeModel> optional = client.getClientScopes(false);
        Set<String> assigned = new HashSet<>(byDefault.keySet());
        assigned.addAll(optional.keySet());
        Set<String> requested = sent.scopes().orElse(Set.of());
        return new RequestFacts(
                new TargetRequest(
                        sent.resources(),
                        sent.audiences(),
                        sent.bound(),
                        requested,
                        assigned,
                        allowedResources(client),
                        Optional.ofNullable(client.getAttribute(McpAttributes.DEFAULT_RESOURCE))
                                .flatMap(ResourceIndicator::parse)),
                sent.scopes(),
                requested.stream()
                        .filter(name -> Stream.of(byDefault, optional)
                                .flatMap(scopes -> Stream.ofNullable(scopes.get(name)))
                                .anyMatch(scope -> !scope.isIncludeInTokenScope()))
                        .collect(Collectors.toSet()));
    }

    private static Optional<Set<ResourceIndicator>> allowedResources(ClientModel client) {
        return ResourceIndicator.list(client.getAttribute(McpAttributes.ALLOWED_RESOURCES));
    }
}

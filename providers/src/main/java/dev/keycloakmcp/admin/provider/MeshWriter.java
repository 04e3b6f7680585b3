package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.ServerRequest;
import dev.keycloakmcp.admin.SetupStep;
import dev.keycloakmcp.resource.McpAttributes;
import dev.keycloakmcp.support.provider.LoadedClients;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.utils.ModelToRepresentation;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.services.resources.admin.ClientResource;
import org.keycloak.services.resources.admin.ClientScopesResource;
import org.keycloak.services.resources.admin.ClientsResource;

/**
 * Carries out the steps about MCP servers and agents. Clients are made, changed and deleted as Keycloak's own admin calls do
 * it, so that client policies of the realm have their say.
 */
final class MeshWriter {

    private final AdminRequest request;
    private final MeshReader reader;

    MeshWriter(AdminRequest request, MeshReader reader) {
        this.request = request;
        this.reader = reader;
    }

    void addServer(List<SetupStep> steps, ServerRequest server) {
        steps.stream().filter(SetupStep::isDifference).forEach(step -> {
            switch (step.part()) {
                case CLIENT_SCOPE -> writeScope(step, server.texts().getOrDefault(step.name(), ""));
                default ->
                    write(
                            step,
                            Map.of(
                                    McpAttributes.RESOURCE_URL,
                                    server.resource(),
                                    McpAttributes.SCOPES,
                                    String.join(" ", server.scopes())),
                            client -> {});
            }
        });
    }

    private void writeScope(SetupStep step, String text) {
        if (step.change() == SetupStep.Change.CHANGED) {
            reader.scopes(List.of(step.name())).values().forEach(scope -> scope.setConsentScreenText(text));
            return;
        }
        ClientScopeRepresentation scope = new ClientScopeRepresentation();
        scope.setName(step.name());
        scope.setProtocol(OIDCLoginProtocol.LOGIN_PROTOCOL);
        Map<String, String> attributes = new HashMap<>(Map.of(ClientScopeModel.INCLUDE_IN_TOKEN_SCOPE, "true"));
        if (!text.isEmpty()) {
            attributes.put(ClientScopeModel.CONSENT_SCREEN_TEXT, text);
        }
        scope.setAttributes(attributes);
        new ClientScopesResource(request.session(), request.auth(), request.clientEvent()).createClientScope(scope);
    }

    /** Makes the client, or changes it. An empty attribute is removed. */
    void write(SetupStep step, Map<String, String> attributes, Consumer<ClientRepresentation> settings) {
        ClientRepresentation client = reader.client(step.name())
                .map(known -> ModelToRepresentation.toRepresentation(known, request.session()))
                .orElseGet(() -> fresh(step.name()));
        Map<String, String> all = new HashMap<>(client.getAttributes());
        all.putAll(attributes);
        client.setAttributes(all);
        settings.accept(client);
        if (step.change() == SetupStep.Change.ADDED) {
            new ClientsResource(request.session(), request.auth(), request.clientEvent()).createClient(client);
        } else {
            reader.client(step.name()).ifPresent(known -> {
                resource(known).update(client);
                LoadedClients.changed(request.session(), known);
            });
        }
    }

    /** A confidential client that can do nothing yet. */
    private static ClientRepresentation fresh(String clientId) {
        ClientRepresentation client = new ClientRepresentation();
        client.setClientId(clientId);
        client.setProtocol(OIDCLoginProtocol.LOGIN_PROTOCOL);
        client.setEnabled(true);
        client.setPublicClient(false);
        client.setBearerOnly(false);
        client.setStandardFlowEnabled(false);
        client.setDirectAccessGrantsEnabled(false);
        client.setFullScopeAllowed(false);
        client.setAttributes(Map.of(McpAttributes.ADDED, Boolean.TRUE.toString()));
        return client;
    }

    /** Gives the client these scopes, to ask for. */
    void assign(String clientId, Collection<String> scopes) {
        reader.client(clientId).ifPresent(client -> {
            Map<String, ClientScopeModel> assigned = new HashMap<>(client.getClientScopes(true));
            assigned.putAll(client.getClientScopes(false));
            reader.scopes(scopes).values().stream()
                    .filter(scope -> !assigned.containsKey(scope.getName()))
                    .forEach(scope -> client.addClientScope(scope, false));
            LoadedClients.changed(request.session(), client);
        });
    }

    void remove(List<SetupStep> steps) {
        for (SetupStep step : steps) {
            switch (step.change()) {
                case REMOVED -> remove(step);
                case CHANGED ->
                    write(step, Map.of(McpAttributes.RESOURCE_URL, "", McpAttributes.SCOPES, ""), client -> {});
                default -> {}
            }
        }
    }

    /** Takes an agent out: its client, or what makes it one. */
    void removeAgent(SetupStep step, Collection<String> scopes) {
        if (step.change() == SetupStep.Change.REMOVED) {
            remove(step);
        } else if (step.isDifference()) {
            reader.client(step.name())
                    .ifPresent(client -> reader.scopes(scopes).values().forEach(client::removeClientScope));
            write(step, Map.of(McpAttributes.ALLOWED_RESOURCES, ""), client -> {});
        }
    }

    private void remove(SetupStep step) {
        switch (step.part()) {
            case CLIENT_SCOPE ->
                reader.scopes(List.of(step.name())).values().forEach(scope -> request.realm()
                        .removeClientScope(scope.getId()));
            default ->
                reader.client(step.name()).ifPresent(client -> resource(client).deleteClient());
        }
    }

    private ClientResource resource(ClientModel client) {
        return new ClientResource(request.realm(), request.auth(), client, request.session(), request.clientEvent());
    }
}

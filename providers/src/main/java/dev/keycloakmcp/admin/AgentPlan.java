package dev.keycloakmcp.admin;

import static dev.keycloakmcp.admin.Setup.step;
import static dev.keycloakmcp.admin.SetupPart.CLIENT;

import dev.keycloakmcp.admin.SetupStep.Change;
import dev.keycloakmcp.resource.McpAttributes;
import dev.keycloakmcp.resource.ResourceIndicator;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The plan of making a client an agent of an MCP server, and of taking it out again. */
public final class AgentPlan {

    private static final Set<String> METHODS = Set.of(AgentRequest.PRIVATE_KEY_JWT, AgentRequest.CLIENT_SECRET_BASIC);

    /** The account of an agent has the name of its client behind a prefix of 16 characters, and names have 255. */
    static final int LONGEST_CLIENT_ID = 239;

    private AgentPlan() {}

    /** The reason not to; empty where it can be done. */
    public static Optional<Refusal> refusal(AgentRequest request, MeshState realm) {
        return ServerPlan.malformed(request.clientId(), LONGEST_CLIENT_ID, request.scopes())
                .or(() -> credential(request, realm))
                .or(() -> NewClientId.taken(request.clientId(), realm))
                .or(() -> target(request, realm))
                .or(() -> realm.client().flatMap(AgentPlan::unfit));
    }

    private static Optional<Refusal> credential(AgentRequest request, MeshState realm) {
        if (request.authMethod().isEmpty() && realm.client().isEmpty()) {
            return Optional.of(Refusal.malformed(
                    "auth-method-missing",
                    "A new agent needs an authentication method: private_key_jwt or client_secret_basic"));
        }
        if (request.authMethod().filter(method -> !METHODS.contains(method)).isPresent()) {
            return Optional.of(Refusal.malformed(
                    "auth-method-unknown",
                    "The authentication method has to be private_key_jwt or client_secret_basic"));
        }
        boolean keys = request.jwksUri().isPresent() || request.jwks().isPresent();
        if (!request.byKey() && keys) {
            return Optional.of(Refusal.malformed("keys-unused", "Keys are for private_key_jwt"));
        }
        if (request.jwksUri().isPresent() && request.jwks().isPresent()) {
            return Optional.of(Refusal.malformed("keys-ambiguous", "Keys and their URL exclude each other"));
        }
        return request.jwksUri()
                .filter(uri -> ResourceIndicator.parse(uri).isEmpty())
                .map(uri -> Refusal.malformed("keys-url-malformed", "The URL of the keys is no http or https URL"));
    }

    private static Optional<Refusal> target(AgentRequest request, MeshState realm) {
        Optional<ServerFacts> server = server(request, realm);
        if (server.isEmpty()) {
            return Optional.of(Refusal.malformed(
                    "server-unknown", "No enabled MCP server of the realm has this resource; add the server first"));
        }
        return request.scopes().stream()
                .filter(scope -> !server.get().scopes().contains(scope)
                        || !realm.scopes().containsKey(scope))
                .findFirst()
                .map(scope -> Refusal.malformed(
                        "scope-not-of-server",
                        "The MCP server does not have the scope " + scope + "; it has "
                                + String.join(" ", server.get().scopes())));
    }

    /** The server that a request is about. */
    static Optional<ServerFacts> server(AgentRequest request, MeshState realm) {
        Optional<ResourceIndicator> indicator = ResourceIndicator.parse(request.resource());
        return realm.servers().stream()
                .filter(ServerFacts::enabled)
                .filter(server -> indicator.isPresent() && server.indicator().equals(indicator))
                .findFirst();
    }

    private static Optional<Refusal> unfit(ClientState client) {
        return ServerPlan.unfit(client)
                .or(() -> client.confidential()
                        ? Optional.empty()
                        : Optional.of(Refusal.conflict(
                                "client-public",
                                "The client is public or bearer-only, and cannot authenticate; take another id")));
    }

    /** The step that makes the client an agent. */
    public static List<SetupStep> add(AgentRequest request, MeshState realm, boolean sameCredential) {
        String what = ": agent of " + request.resource() + " with " + String.join(" ", request.scopes())
                + request.authMethod().map(method -> ", " + method).orElse("");
        Change change = realm.client()
                .map(client -> sameCredential
                                && client.serviceAccount()
                                && client.scopes().containsAll(request.scopes())
                                && allowed(request, realm).equals(client.attribute(McpAttributes.ALLOWED_RESOURCES))
                        ? Change.PRESENT
                        : Change.CHANGED)
                .orElse(Change.ADDED);
        return List.of(step(change, CLIENT, request.clientId(), what));
    }

    /**
     * The URIs that the agent may target afterwards. A client with a service account that may target every server of its
     * scopes goes on to.
     */
    public static String allowed(AgentRequest request, MeshState realm) {
        String target = server(request, realm).map(ServerFacts::resourceUrl).orElse(request.resource());
        String allowed = realm.client()
                .map(client -> client.attribute(McpAttributes.ALLOWED_RESOURCES))
                .orElse("");
        if (allowed.isBlank()) {
            return realm.client().filter(ClientState::serviceAccount).isPresent() ? allowed : target;
        }
        Set<ResourceIndicator> known = ResourceIndicator.list(allowed).orElse(Set.of());
        List<String> all = new ArrayList<>(List.of(allowed.trim()));
        if (ResourceIndicator.parse(target).filter(known::contains).isEmpty()) {
            all.add(target);
        }
        return all.size() == 1 ? allowed : String.join(" ", all);
    }

    /** The reason not to take an agent out; empty where it can be done. */
    public static Optional<Refusal> removalRefusal(MeshState realm) {
        return realm.client().flatMap(client -> removalRefusal(client, realm));
    }

    private static Optional<Refusal> removalRefusal(ClientState client, MeshState realm) {
        return Optional.of(client)
                .filter(other -> client.signsIn()
                        || client.isServer()
                        || client.selfDeclared()
                        || client.authorizes()
                        || !isAgent(client, realm))
                .map(other -> Refusal.conflict(
                        "client-in-use",
                        "The client is something else besides an agent, or no agent; change or delete it in the Admin"
                                + " Console"))
                .or(() -> client.isAdded() && client.owns()
                        ? Optional.of(Refusal.conflict(
                                "client-owns",
                                "The client has roles or protocol mappers of its own, which would go with it; remove"
                                        + " them first, or delete the client in the Admin Console"))
                        : Optional.empty());
    }

    private static boolean isAgent(ClientState client, MeshState realm) {
        return client.serviceAccount()
                && (!client.attribute(McpAttributes.ALLOWED_RESOURCES).isBlank()
                        // Every new client has the realm's defaults.
                        || serversScopes(realm)
                                .anyMatch(scope -> client.scopes().contains(scope)
                                        && !realm.defaults().contains(scope)));
    }

    private static Stream<String> serversScopes(MeshState realm) {
        return realm.servers().stream()
                .flatMap(server -> server.scopes().stream())
                .distinct();
    }

    /** The step that takes an agent out: with its client if it was added as one. */
    public static List<SetupStep> remove(String clientId, MeshState realm) {
        if (realm.client().isEmpty()) {
            return List.of(step(Change.ABSENT, CLIENT, clientId, ""));
        }
        return List.of(
                realm.client().get().isAdded()
                        ? step(Change.REMOVED, CLIENT, clientId, "")
                        : step(Change.CHANGED, CLIENT, clientId, ": no agent any more"));
    }

    /** The scopes that a client loses which goes on as no agent: with one of them it would be one. */
    public static Set<String> lost(MeshState realm) {
        return serversScopes(realm).collect(Collectors.toSet());
    }
}

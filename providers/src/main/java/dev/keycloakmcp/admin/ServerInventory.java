package dev.keycloakmcp.admin;

import dev.keycloakmcp.resource.ResourceIndicator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The MCP servers of a realm, who can reach each, and what is inconsistent. */
public final class ServerInventory {

    public static final String DISABLED = "disabled";
    public static final String URI_MALFORMED = "uri-malformed";
    public static final String URI_NOT_CANONICAL = "uri-not-canonical";
    public static final String URI_CONFLICT = "uri-conflict";
    public static final String NO_SCOPES = "no-scopes";
    public static final String SCOPE_UNKNOWN = "scope-unknown";
    public static final String SCOPE_NOT_IN_TOKEN = "scope-not-in-token";
    public static final String SELF_DECLARED = "self-declared";

    private final List<ServerFacts> servers;
    private final List<AgentFacts> agents;
    private final Map<String, Boolean> realmScopes;
    private final Map<ResourceIndicator, Set<String>> claims = new HashMap<>();
    private final Map<String, List<AgentFacts>> agentsByScope = new HashMap<>();

    /**
     * Everything that matters, at one moment.
     *
     * @param servers the clients with a resource URI
     * @param agents the clients that can use client credentials
     * @param realmScopes the realm's client scopes; true when it shows in tokens
     */
    public ServerInventory(
            Collection<ServerFacts> servers, Collection<AgentFacts> agents, Map<String, Boolean> realmScopes) {
        this.servers = servers.stream()
                .sorted(Comparator.comparing(ServerFacts::clientId))
                .toList();
        this.agents = List.copyOf(agents);
        this.realmScopes = Map.copyOf(realmScopes);
        for (ServerFacts server : this.servers) {
            if (server.enabled()) {
                server.indicator().ifPresent(indicator -> claims.computeIfAbsent(indicator, i -> new TreeSet<>())
                        .add(server.clientId()));
            }
        }
        for (AgentFacts agent : this.agents) {
            for (String scope : agent.scopes()) {
                agentsByScope.computeIfAbsent(scope, s -> new ArrayList<>()).add(agent);
            }
        }
    }

    /**
     * A page of the servers, by client id.
     *
     * @param first how many to leave out
     * @param max how many to report at most
     */
    public List<ServerReport> page(int first, int max) {
        return servers.stream().skip(first).limit(max).map(this::report).toList();
    }

    /** The number of servers. */
    public int size() {
        return servers.size();
    }

    /** Client ids of the agents that can reach any of them. */
    public Set<String> agents() {
        Set<String> ids = new TreeSet<>();
        servers.forEach(server -> agents(server).forEach(agent -> ids.add(agent.clientId())));
        return ids;
    }

    /** The scopes of all servers. */
    public Set<String> scopes() {
        return servers.stream().flatMap(server -> server.scopes().stream()).collect(Collectors.toUnmodifiableSet());
    }

    /** Client ids of the agents that are limited to URIs of which at least one is no server's. */
    public Set<String> agentsWithUnknownResources() {
        return agents.stream()
                .filter(agent -> agent.allowedResources()
                        .filter(allowed -> !claims.keySet().containsAll(allowed))
                        .isPresent())
                .map(AgentFacts::clientId)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private ServerReport report(ServerFacts server) {
        return new ServerReport(
                server.clientId(),
                server.enabled(),
                server.resourceUrl(),
                server.scopes(),
                agents(server),
                problems(server));
    }

    private List<ServerReport.Agent> agents(ServerFacts server) {
        Optional<ResourceIndicator> reachable = server.indicator()
                .filter(indicator -> claims.getOrDefault(indicator, Set.of()).equals(Set.of(server.clientId())));
        if (reachable.isEmpty()) {
            return List.of();
        }
        Set<AgentFacts> candidates = new HashSet<>();
        server.scopes().forEach(scope -> candidates.addAll(agentsByScope.getOrDefault(scope, List.of())));
        return candidates.stream()
                .filter(agent -> agent.mayTarget(reachable.get()))
                .map(agent -> new ServerReport.Agent(
                        agent.clientId(),
                        server.scopes().stream()
                                .filter(agent.scopes()::contains)
                                .distinct()
                                .sorted()
                                .toList()))
                .sorted(Comparator.comparing(ServerReport.Agent::clientId))
                .toList();
    }

    private List<ServerReport.Problem> problems(ServerFacts server) {
        List<ServerReport.Problem> problems = new ArrayList<>();
        if (!server.enabled()) {
            problems.add(new ServerReport.Problem(
                    DISABLED, "The client is disabled: nobody gets tokens for this server. Enable it or remove it."));
        }
        server.indicator()
                .ifPresentOrElse(
                        indicator -> uriProblems(server, indicator, problems),
                        () -> problems.add(new ServerReport.Problem(
                                URI_MALFORMED,
                                "resource_url is not an absolute http or https URI without a fragment: nobody gets"
                                        + " tokens for this server.")));
        scopeProblems(server, problems);
        if (server.selfDeclared()) {
            problems.add(new ServerReport.Problem(
                    SELF_DECLARED,
                    "The client holds a registration access token: it registered at Keycloak's own endpoint, and may have"
                            + " said itself that it is this server. Make a client of your own for the server."));
        }
        return problems;
    }

    private void uriProblems(
            ServerFacts server, ResourceIndicator indicator, Collection<ServerReport.Problem> problems) {
        if (!indicator.canonical().equals(server.resourceUrl())) {
            problems.add(new ServerReport.Problem(
                    URI_NOT_CANONICAL,
                    "resource_url is not in canonical form, and tokens carry it as it is. Write "
                            + indicator.canonical() + " unless the server itself uses the other form."));
        }
        Set<String> others = new TreeSet<>(claims.getOrDefault(indicator, Set.of()));
        others.remove(server.clientId());
        if (server.enabled() && !others.isEmpty()) {
            problems.add(new ServerReport.Problem(
                    URI_CONFLICT,
                    "Other clients have the same resource_url, so nobody gets tokens for it: "
                            + String.join(", ", others) + "."));
        }
    }

    private void scopeProblems(ServerFacts server, Collection<ServerReport.Problem> problems) {
        if (server.scopes().isEmpty()) {
            problems.add(new ServerReport.Problem(
                    NO_SCOPES, "mcp.scopes is empty: nobody gets tokens for this server. Name its client scopes."));
        }
        for (String scope : server.scopes()) {
            Boolean inToken = realmScopes.get(scope);
            if (inToken == null) {
                problems.add(new ServerReport.Problem(
                        SCOPE_UNKNOWN, "The realm has no client scope " + scope + ". Create it or take it away."));
            } else if (!inToken) {
                problems.add(new ServerReport.Problem(
                        SCOPE_NOT_IN_TOKEN,
                        "The client scope " + scope
                                + " is not included in tokens. Switch on 'Include in token scope' for it."));
            }
        }
    }
}

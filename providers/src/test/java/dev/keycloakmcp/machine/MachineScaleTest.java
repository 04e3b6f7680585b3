package dev.keycloakmcp.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.resource.McpServer;
import dev.keycloakmcp.resource.McpServers;
import dev.keycloakmcp.resource.ResourceIndicator;
import dev.keycloakmcp.resource.Servers;
import dev.keycloakmcp.resource.TargetRequest;
import dev.keycloakmcp.resource.WhenMissing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** 500 agents and 200 servers: all 100,000 pairs, and each of them asked for by every scope of the server. */
class MachineScaleTest {

    private static final int AGENTS = 500;
    private static final int SERVERS = 200;
    private static final MachineRule RULE = new MachineRule(WhenMissing.INFER, false, false, 300);

    private static final List<McpServer> ALL = IntStream.range(0, SERVERS)
            .mapToObj(i -> Servers.server(
                    "server-" + i,
                    "https://s" + i + ".example.com/mcp",
                    "s" + i + ":read",
                    "s" + i + ":write",
                    "tools"))
            .toList();
    private static final McpServers REGISTRY = McpServers.of(ALL);

    /** An agent with some servers' scopes; every third one lists the URIs that it may use. */
    private record Agent(Set<Integer> servers, boolean listed) {

        Set<String> scopes() {
            // A listed agent holds the scope that all servers share: its list is all that keeps it in.
            return servers.stream()
                    .flatMap(i -> Stream.concat(
                            Stream.of("s" + i + ":read"), Stream.of(listed ? "tools" : "s" + i + ":read")))
                    .collect(Collectors.toUnmodifiableSet());
        }

        MachineRequest asks(McpServer server, String scope) {
            return new MachineRequest(
                    new TargetRequest(
                            List.of(server.resourceUrl()),
                            List.of(),
                            Optional.empty(),
                            Set.of(scope),
                            scopes(),
                            listed ? Optional.of(indicators()) : Optional.empty()),
                    Optional.of(Set.of(scope)),
                    Set.of(),
                    false);
        }

        private Set<ResourceIndicator> indicators() {
            return servers.stream().map(i -> ALL.get(i).indicator()).collect(Collectors.toUnmodifiableSet());
        }
    }

    private static List<Agent> agents() {
        Random random = new Random(7);
        List<Agent> agents = new ArrayList<>();
        for (int i = 0; i < AGENTS; i++) {
            Set<Integer> servers =
                    random.ints(1 + random.nextInt(5), 0, SERVERS).boxed().collect(Collectors.toUnmodifiableSet());
            agents.add(new Agent(servers, i % 3 == 0));
        }
        return agents;
    }

    @Test
    void every_pair_outside_the_configured_ones_is_refused() {
        int allowed = 0;
        int refused = 0;
        int configured = 0;
        for (Agent agent : agents()) {
            configured += agent.servers().size();
            for (int s = 0; s < SERVERS; s++) {
                McpServer server = ALL.get(s);
                boolean expected = agent.servers().contains(s);
                for (String scope : server.scopes()) {
                    Decision<Optional<TokenNarrowing>> decision = RULE.decide(agent.asks(server, scope), REGISTRY);
                    // 300,000 times: an assertion only where something is wrong.
                    if (!isRight(decision, server, expected)) {
                        fail("%s at %s with %s: %s", agent, server.clientId(), scope, decision);
                    }
                }
                if (expected) {
                    allowed++;
                } else {
                    refused++;
                }
            }
        }
        assertThat(allowed + refused).isEqualTo(AGENTS * SERVERS);
        assertThat(allowed).isEqualTo(configured);
    }

    private static boolean isRight(Decision<Optional<TokenNarrowing>> decision, McpServer server, boolean expected) {
        return decision instanceof Decision.Allow<Optional<TokenNarrowing>> allow
                ? expected && allow.value().orElseThrow().audience().equals(List.of(server.resourceUrl()))
                : !expected;
    }
}

package dev.keycloakmcp.itest.machine;

import static dev.keycloakmcp.itest.machine.MachineRealm.SECRET;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.RealmBuilder;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.keycloak.representations.idm.ClientRepresentation;

/** 500 agents and 200 MCP servers: an agent gets tokens for its own servers and for no other. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MachineScaleIT {

    private static final int AGENTS = 500;
    private static final int SERVERS = 200;
    private static final int SAMPLED_AGENTS = 60;
    private static final int SAMPLED_STRANGERS = 4;
    private static final String SHARED = "mcp:tools";

    private final Random random = new Random(11);
    private final List<Set<Integer>> configured = new ArrayList<>();
    private TestRealm realm;

    @BeforeAll
    void start(KeycloakServer keycloak) {
        RealmBuilder parts = RealmBuilder.realm().scopes(SHARED);
        List<ClientRepresentation> clients = new ArrayList<>();
        for (int s = 0; s < SERVERS; s++) {
            parts.scopes(scope(s));
            clients.add(MachineRealm.server("server-" + s, url(s), scope(s), SHARED));
        }
        for (int a = 0; a < AGENTS; a++) {
            configured.add(random.ints(1 + random.nextInt(3), 0, SERVERS)
                    .boxed()
                    .collect(Collectors.toCollection(TreeSet::new)));
            clients.add(agent(a));
        }
        realm = parts.policies(MachineRealm.policy(Map.of())).create(keycloak, "machine");
        realm.addAll(clients);
    }

    @AfterAll
    void end() {
        realm.close();
    }

    private static String scope(int server) {
        return "s" + server + ":use";
    }

    private static String url(int server) {
        return "https://s" + server + ".example.com/mcp";
    }

    /** Every third agent holds the scope that all servers share, and is kept in by its allowed resources alone. */
    private static boolean isListed(int agent) {
        return agent % 3 == 0;
    }

    private ClientRepresentation agent(int a) {
        Client agent = MachineRealm.agent("agent-" + a);
        return isListed(a)
                ? agent.optional(SHARED)
                        .attribute(
                                "mcp.allowed-resources",
                                configured.get(a).stream()
                                        .map(MachineScaleIT::url)
                                        .collect(Collectors.joining(" ")))
                : agent.optional(
                        configured.get(a).stream().map(MachineScaleIT::scope).toList());
    }

    private Reply ask(int agent, int server) {
        String own = isListed(agent)
                ? SHARED
                : scope(configured.get(agent).iterator().next());
        String right = isListed(agent) ? SHARED : scope(server);
        return realm.oauth()
                .clientCredentials(
                        ClientAuth.post("agent-" + agent, SECRET),
                        Form.of("resource", url(server))
                                .with("scope", configured.get(agent).contains(server) ? right : own));
    }

    @Test
    void the_configuration_in_the_server_allows_the_configured_pairs_and_no_others() {
        JsonNode servers = realm.oauth()
                .get(realm.adminUri("mcp/servers?max=1000"), realm.server().adminToken())
                .expect(200)
                .json();
        Map<String, Set<String>> reachable = new TreeMap<>();
        servers.forEach(server -> reachable.put(
                server.get("clientId").asText(),
                new TreeSet<>(server.get("agents").findValuesAsText("clientId"))));
        Map<String, Set<String>> expected = new TreeMap<>();
        for (int s = 0; s < SERVERS; s++) {
            int server = s;
            expected.put(
                    "server-" + s,
                    IntStream.range(0, AGENTS)
                            .filter(a -> configured.get(a).contains(server))
                            .mapToObj(a -> "agent-" + a)
                            .collect(Collectors.toCollection(TreeSet::new)));
        }
        assertThat(reachable).isEqualTo(expected);
    }

    @Test
    @Tries({"MCP-client-credentials", "RFC8707-3-tenant"})
    void sampled_agents_get_tokens_for_their_servers_and_for_no_other() {
        for (int sample = 0; sample < SAMPLED_AGENTS; sample++) {
            int agent = random.nextInt(AGENTS);
            // A partial import makes no service accounts; asking for one makes it.
            assertThat(realm.serviceAccount("agent-" + agent)).isNotBlank();
            for (int server : configured.get(agent)) {
                Reply reply = ask(agent, server).expect(200);
                assertThat(realm.oauth().verify(reply.accessToken()).audience()).containsExactly(url(server));
            }
            for (int other = 0; other < SAMPLED_STRANGERS; other++) {
                int server = random.nextInt(SERVERS);
                if (!configured.get(agent).contains(server)) {
                    Reply reply = ask(agent, server);
                    assertThat(reply.status()).isEqualTo(400);
                    assertThat(reply.error()).isEqualTo("invalid_target");
                    assertThat(reply.body()).doesNotContain("access_token");
                }
            }
        }
    }
}

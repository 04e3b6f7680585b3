package dev.keycloakmcp.itest.resource;

import static dev.keycloakmcp.itest.resource.Mesh.CRM;
import static dev.keycloakmcp.itest.resource.Mesh.secret;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.LogFile;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.keycloak.representations.idm.ClientRepresentation;

/** The registry is right after every change, and costs a warm request no query. */
@KeycloakTest(logLevels = "org.hibernate.SQL:debug")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServerRegistryIT {

    private static final String STATEMENT = "[org.hibernate.SQL]";

    private Mesh mesh;
    private KeycloakServer server;

    @BeforeAll
    void configure(TestRealm realm, KeycloakServer keycloak) {
        mesh = Mesh.in(realm).defaultPolicies();
        server = keycloak;
    }

    private Reply ask(String resource, String scope) {
        return mesh.oauth()
                .clientCredentials(
                        secret("agent"), Form.of("resource", resource).with("scope", scope));
    }

    @Test
    void a_server_is_known_from_its_creation_to_its_end() {
        String url = "https://fresh.example.com/mcp";
        assertThat(ask(url, "mcp:tools").error()).isEqualTo("invalid_target");

        mesh.add(Mesh.server("fresh", url, "mcp:tools"));
        assertThat(mesh.verify(ask(url, "mcp:tools")).audience()).containsExactly(url);

        mesh.change("fresh", client -> client.getAttributes().put("resource_url", url + "/v2"));
        assertThat(ask(url, "mcp:tools").error()).isEqualTo("invalid_target");
        assertThat(mesh.verify(ask(url + "/v2", "mcp:tools")).audience()).containsExactly(url + "/v2");

        mesh.change("fresh", client -> client.getAttributes().put("mcp.scopes", "crm:write"));
        assertThat(ask(url + "/v2", "mcp:tools").error()).isEqualTo("invalid_scope");

        mesh.change("fresh", client -> client.setEnabled(false));
        assertThat(ask(url + "/v2", "crm:write").error()).isEqualTo("invalid_target");

        mesh.change("fresh", client -> client.setEnabled(true));
        assertThat(ask(url + "/v2", "crm:write").status()).isEqualTo(200);

        mesh.clientResource("fresh").remove();
        assertThat(ask(url + "/v2", "crm:write").error()).isEqualTo("invalid_target");
    }

    @Test
    void a_client_that_becomes_a_server_is_one() {
        String url = "https://late.example.com";
        mesh.add(Client.confidential("late", Mesh.SECRET));
        assertThat(ask(CRM, "crm:read").status()).isEqualTo(200);

        mesh.change("late", client -> {
            client.getAttributes().put("resource_url", url);
            client.getAttributes().put("mcp.scopes", "mcp:tools");
        });

        assertThat(mesh.verify(ask(url, "mcp:tools")).audience()).containsExactly(url);
        mesh.clientResource("late").remove();
    }

    @Test
    @Tries({"RFC8707-3-imitation", "RFC9728-7.3"})
    void two_clients_with_one_uri_are_no_target() {
        mesh.add(Mesh.server("twin-a", "https://twin.example.com/", "mcp:tools"));
        assertThat(ask("https://twin.example.com", "mcp:tools").status()).isEqualTo(200);
        mesh.add(Mesh.server("twin-b", "https://TWIN.example.com", "mcp:tools"));
        assertThat(ask("https://twin.example.com", "mcp:tools").error()).isEqualTo("invalid_target");
        assertThat(mesh.lastEvent("CLIENT_LOGIN_ERROR")).containsEntry("mcp_reason", "resource_conflict");
        mesh.clientResource("twin-b").remove();
        assertThat(ask("https://twin.example.com", "mcp:tools").status()).isEqualTo(200);
    }

    @Test
    void a_warm_token_request_costs_no_more_queries_than_without_policies() {
        long withOneServer = statementsOfAWarmRequest();

        mesh.addAll(IntStream.range(0, 1000).mapToObj(ServerRegistryIT::server).toList());
        long withAThousand = statementsOfAWarmRequest();

        mesh.policies(Map.of());
        long withoutPolicies = statementsOfAWarmRequest();

        assertThat(withOneServer).isEqualTo(withoutPolicies);
        assertThat(withAThousand).isEqualTo(withoutPolicies);
        mesh.defaultPolicies();
    }

    private long statementsOfAWarmRequest() {
        for (int i = 0; i < 3; i++) {
            ask(CRM, "crm:read").expect(200);
        }
        long offset = LogFile.size(server.logFile());
        ask(CRM, "crm:read").expect(200);
        return LogFile.since(server.logFile(), offset)
                .lines()
                .filter(line -> line.contains(STATEMENT))
                .count();
    }

    private static ClientRepresentation server(int number) {
        return Client.server(
                        "server-" + number, Mesh.SECRET, "https://server-" + number + ".example.com/mcp", "crm:read")
                .defaults()
                .optional();
    }
}

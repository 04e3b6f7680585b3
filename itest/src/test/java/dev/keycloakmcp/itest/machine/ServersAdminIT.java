package dev.keycloakmcp.itest.machine;

import static dev.keycloakmcp.itest.machine.MachineRealm.AGENT;
import static dev.keycloakmcp.itest.machine.MachineRealm.BOUND_AGENT;
import static dev.keycloakmcp.itest.machine.MachineRealm.CRM;
import static dev.keycloakmcp.itest.machine.MachineRealm.KEY_AGENT;
import static dev.keycloakmcp.itest.machine.MachineRealm.SECRET;
import static dev.keycloakmcp.itest.machine.MachineRealm.SIMPLE_AGENT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.admin.client.resource.ClientsResource;

/** The admin resource tells what is configured, who can reach what, and what is wrong. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ServersAdminIT {

    private TestRealm realm;
    private String admin;

    @BeforeAll
    void start(KeycloakServer keycloak) {
        realm = MachineRealm.create(keycloak, Map.of());
        admin = keycloak.adminToken();
        realm.add(Scope.hidden("wrong:hidden"));
        realm.add(MachineRealm.server("wrong-scopes", "https://w1.example.com/mcp", "wrong:gone", "wrong:hidden"));
        realm.add(MachineRealm.server("wrong-none", "https://w2.example.com/mcp", " "));
        realm.add(MachineRealm.server("wrong-malformed", "w3.example.com/mcp", "crm:read"));
        realm.add(MachineRealm.server("wrong-form", "https://W4.example.com:443/mcp/", "hr:read"));
        realm.add(MachineRealm.server("wrong-twin-1", "https://w5.example.com/mcp", "hr:read"));
        realm.add(MachineRealm.server("wrong-twin-2", "https://w5.example.com/mcp/", "hr:read"));
        realm.add(MachineRealm.server("wrong-disabled", CRM, "crm:read").disabled());
        realm.add(MachineRealm.server("wrong-itself", "https://w6.example.com/mcp", "hr:read"));
        ClientsResource clients = realm.admin().clients();
        clients.get(clients.findByClientId("wrong-itself").get(0).getId()).regenerateRegistrationAccessToken();
    }

    @AfterAll
    void end() {
        realm.close();
    }

    private URI uri(String query) {
        return realm.adminUri("mcp/servers" + query);
    }

    private Reply servers(String query) {
        return realm.oauth().get(uri(query), admin);
    }

    private JsonNode server(String clientId) {
        return servers("")
                .expect(200)
                .json()
                .valueStream()
                .filter(server -> server.get("clientId").asText().equals(clientId))
                .findFirst()
                .orElseThrow();
    }

    private List<String> problems(String clientId) {
        return server(clientId).get("problems").findValuesAsText("code");
    }

    @Test
    void a_server_comes_with_its_scopes_and_the_agents_that_can_reach_it() {
        JsonNode crm = server("crm");

        assertThat(crm.get("enabled").asBoolean()).isTrue();
        assertThat(crm.get("resource").asText()).isEqualTo(CRM);
        assertThat(crm.get("scopes").toString()).isEqualTo("[\"crm:read\",\"crm:write\",\"mcp:tools\"]");
        assertThat(crm.get("problems")).isEmpty();
        assertThat(crm.get("agents").findValuesAsText("clientId"))
                .containsExactly(AGENT, BOUND_AGENT, KEY_AGENT, SIMPLE_AGENT);
        assertThat(crm.get("agents").get(1).get("scopes").toString()).isEqualTo("[\"crm:read\"]");
        assertThat(server("billing").get("agents").findValuesAsText("clientId")).containsExactly(AGENT, KEY_AGENT);
        assertThat(server("hr").get("agents")).isEmpty();
    }

    @Test
    void what_it_says_is_what_the_token_endpoint_does() {
        for (String agent : List.of(AGENT, SIMPLE_AGENT, BOUND_AGENT)) {
            for (String clientId : List.of("crm", "billing", "hr")) {
                JsonNode server = server(clientId);
                Optional<JsonNode> reached = server.get("agents")
                        .valueStream()
                        .filter(each -> each.get("clientId").asText().equals(agent))
                        .findFirst();
                String scope =
                        reached.map(each -> each.get("scopes").get(0).asText()).orElse("");
                Reply reply = realm.oauth()
                        .clientCredentials(
                                ClientAuth.post(agent, SECRET),
                                Form.of("resource", server.get("resource").asText())
                                        .with("scope", scope));
                assertThat(reply.status()).as("%s at %s", agent, clientId).isEqualTo(reached.isPresent() ? 200 : 400);
            }
        }
    }

    @Test
    void what_is_inconsistent_is_named_with_the_fix() {
        assertThat(problems("wrong-scopes")).containsExactly("scope-unknown", "scope-not-in-token");
        assertThat(problems("wrong-none")).containsExactly("no-scopes");
        assertThat(problems("wrong-malformed")).containsExactly("uri-malformed");
        assertThat(problems("wrong-form")).containsExactly("uri-not-canonical");
        assertThat(server("wrong-form").get("problems").get(0).get("detail").asText())
                .contains("https://w4.example.com/mcp");
        assertThat(problems("wrong-twin-1")).containsExactly("uri-conflict");
        assertThat(problems("wrong-twin-2")).containsExactly("uri-not-canonical", "uri-conflict");
        assertThat(server("wrong-twin-1").get("problems").get(0).get("detail").asText())
                .contains("wrong-twin-2");
        assertThat(problems("wrong-disabled")).containsExactly("disabled");
        assertThat(problems("wrong-itself")).containsExactly("self-declared");
        assertThat(server("wrong-disabled").get("agents")).isEmpty();
        assertThat(server("wrong-malformed").get("agents")).isEmpty();
    }

    @Test
    void pages_are_linked() {
        List<String> seen = new ArrayList<>();
        Optional<URI> next = Optional.of(uri("?max=4"));
        while (next.isPresent()) {
            Reply page = realm.oauth().get(next.get(), admin).expect(200);
            assertThat(page.json().size()).isLessThanOrEqualTo(4);
            seen.addAll(page.json().findValuesAsText("resource"));
            next = page.next();
        }
        assertThat(seen).isEqualTo(servers("").json().findValuesAsText("resource"));
        assertThat(seen).hasSize(11);
        assertThat(servers("").headers().firstValue("Link")).isEmpty();
        assertThat(servers("?first=11").expect(200).json()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"?max=0", "?max=-1", "?max=1001", "?max=x", "?first=-1", "?first=", "?frist=1", "?max=1&max=2"})
    void unknown_or_unreadable_parameters_are_refused(String query) {
        assertThat(servers(query).status()).isEqualTo(400);
        assertThat(servers(query).get("errorMessage")).isNotBlank();
    }

    @Test
    @Tries("LLM02")
    void only_administrators_with_the_role_see_it() {
        assertThat(realm.oauth().get(uri("")).status()).isEqualTo(401);
        assertThat(realm.oauth()
                        .get(uri(""), realm.administrator("events", "view-events"))
                        .status())
                .isEqualTo(403);
        assertThat(realm.oauth()
                        .get(uri(""), realm.administrator("clients", "view-clients"))
                        .status())
                .isEqualTo(200);
    }
}

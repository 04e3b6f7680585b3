package dev.keycloakmcp.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.resource.ResourceIndicator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ServerInventoryTest {

    private static final String CRM = "https://crm.example.com/mcp";
    private static final Map<String, Boolean> SCOPES = Map.of("read", true, "write", true, "hidden", false);

    private static ServerFacts server(String clientId, String url, String... scopes) {
        return new ServerFacts(clientId, true, url, List.of(scopes), false);
    }

    private static AgentFacts agent(String clientId, String... scopes) {
        return new AgentFacts(clientId, Set.of(scopes), Optional.empty());
    }

    private static AgentFacts bound(String clientId, String url, String... scopes) {
        return new AgentFacts(
                clientId,
                Set.of(scopes),
                Optional.of(Set.of(ResourceIndicator.parse(url).orElseThrow())));
    }

    private static ServerReport report(ServerFacts server, AgentFacts... agents) {
        return reports(List.of(server), agents).get(0);
    }

    private static List<ServerReport> reports(List<ServerFacts> servers, AgentFacts... agents) {
        return new ServerInventory(servers, List.of(agents), SCOPES).page(0, 100);
    }

    private static List<String> problems(ServerReport report) {
        return report.problems().stream().map(ServerReport.Problem::code).toList();
    }

    @Test
    void a_server_without_problems_says_what_is_configured() {
        ServerReport report = report(server("crm", CRM, "write", "read"));
        assertThat(report)
                .isEqualTo(new ServerReport("crm", true, CRM, List.of("write", "read"), List.of(), List.of()));
    }

    @Test
    void agents_reach_it_by_a_scope_of_the_server() {
        ServerReport report = report(
                server("crm", CRM, "write", "read", "read"),
                agent("b", "read", "write", "other"),
                agent("a", "read"),
                agent("c", "other"));
        assertThat(report.agents())
                .containsExactly(
                        new ServerReport.Agent("a", List.of("read")),
                        new ServerReport.Agent("b", List.of("read", "write")));
    }

    @Test
    void allowed_resources_keep_agents_out_and_never_let_them_in() {
        ServerReport report = report(
                server("crm", CRM, "read"),
                bound("in", "https://CRM.example.com/mcp/", "read"),
                bound("out", "https://hr.example.com", "read"),
                bound("no-scope", CRM, "other"));
        assertThat(report.agents()).extracting(ServerReport.Agent::clientId).containsExactly("in");
    }

    @Test
    void nobody_reaches_a_server_that_gets_no_tokens() {
        AgentFacts agent = agent("a", "read");
        assertThat(report(server("crm", "nonsense", "read"), agent).agents()).isEmpty();
        assertThat(report(new ServerFacts("crm", false, CRM, List.of("read"), false), agent)
                        .agents())
                .isEmpty();
        assertThat(reports(List.of(server("one", CRM, "read"), server("two", CRM, "read")), agent))
                .allSatisfy(report -> assertThat(report.agents()).isEmpty());
    }

    @Test
    void a_disabled_twin_takes_nothing_away() {
        List<ServerReport> reports = reports(
                List.of(server("crm", CRM, "read"), new ServerFacts("old", false, CRM, List.of("read"), false)),
                agent("a", "read"));
        assertThat(reports.get(0).problems()).isEmpty();
        assertThat(reports.get(0).agents()).hasSize(1);
        assertThat(problems(reports.get(1))).containsExactly(ServerInventory.DISABLED);
        assertThat(reports.get(1).agents()).isEmpty();
    }

    @Test
    void uris_that_are_wrong_are_named() {
        assertThat(problems(report(server("crm", "crm.example.com", "read"))))
                .containsExactly(ServerInventory.URI_MALFORMED);
        ServerReport form = report(server("crm", "HTTPS://crm.example.com:443/mcp/", "read"));
        assertThat(problems(form)).containsExactly(ServerInventory.URI_NOT_CANONICAL);
        assertThat(form.problems().get(0).detail()).contains(CRM);
    }

    @Test
    void uris_that_several_clients_have_are_named_with_the_others() {
        List<ServerReport> reports = reports(
                List.of(server("three", CRM + "/", "read"), server("one", CRM, "read"), server("two", CRM, "read")));
        assertThat(reports).extracting(ServerReport::clientId).containsExactly("one", "three", "two");
        assertThat(problems(reports.get(0))).containsExactly(ServerInventory.URI_CONFLICT);
        assertThat(reports.get(0).problems().get(0).detail()).endsWith("three, two.");
        assertThat(problems(reports.get(1)))
                .containsExactly(ServerInventory.URI_NOT_CANONICAL, ServerInventory.URI_CONFLICT);
    }

    @Test
    void servers_that_say_themselves_what_they_are_are_named() {
        assertThat(problems(report(new ServerFacts("crm", true, CRM, List.of("read"), true))))
                .containsExactly(ServerInventory.SELF_DECLARED);
    }

    @Test
    void scopes_that_are_wrong_are_named() {
        assertThat(problems(report(server("crm", CRM)))).containsExactly(ServerInventory.NO_SCOPES);
        ServerReport report = report(server("crm", CRM, "read", "gone", "hidden"));
        assertThat(problems(report)).containsExactly(ServerInventory.SCOPE_UNKNOWN, ServerInventory.SCOPE_NOT_IN_TOKEN);
        assertThat(report.problems().get(0).detail()).contains("gone");
        assertThat(report.problems().get(1).detail()).contains("hidden");
    }

    @Test
    void pages_are_in_order_and_complete() {
        ServerInventory inventory = new ServerInventory(
                List.of(
                        server("b", "https://b.example.com", "read"),
                        server("c", "https://c.example.com", "read"),
                        server("a", "https://a.example.com", "read")),
                List.of(),
                SCOPES);
        assertThat(inventory.size()).isEqualTo(3);
        assertThat(inventory.page(0, 2)).extracting(ServerReport::clientId).containsExactly("a", "b");
        assertThat(inventory.page(2, 2)).extracting(ServerReport::clientId).containsExactly("c");
        assertThat(inventory.page(3, 2)).isEmpty();
    }

    @Test
    void agents_of_all_servers_are_known_once() {
        ServerInventory inventory = new ServerInventory(
                List.of(server("crm", CRM, "read"), server("erp", "https://erp.example.com/mcp", "read", "write")),
                List.of(agent("a", "read"), agent("b", "write"), agent("c", "hidden")),
                SCOPES);
        assertThat(inventory.agents()).containsExactly("a", "b");
    }

    @Test
    void agents_limited_to_what_no_enabled_server_has_are_known() {
        ServerFacts off = new ServerFacts("off", false, "https://off.example.com", List.of("read"), false);
        ServerInventory inventory = new ServerInventory(
                List.of(server("crm", CRM, "read", "write"), off),
                List.of(
                        bound("right", "https://CRM.example.com/mcp/", "read"),
                        bound("b-wrong", "https://hr.example.com", "read"),
                        bound("a-off", "https://off.example.com", "read"),
                        agent("free", "read")),
                SCOPES);
        assertThat(inventory.agentsWithUnknownResources()).containsExactly("a-off", "b-wrong");
    }

    @Test
    void the_scopes_of_all_servers_are_known() {
        assertThat(new ServerInventory(
                                List.of(
                                        server("crm", CRM, "read", "write"),
                                        server("hr", "https://hr.example.com", "gone")),
                                List.of(),
                                SCOPES)
                        .scopes())
                .containsExactlyInAnyOrder("read", "write", "gone");
    }
}

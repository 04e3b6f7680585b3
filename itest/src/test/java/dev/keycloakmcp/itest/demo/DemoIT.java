package dev.keycloakmcp.itest.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.RealmFile;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The demo keeps its promises: the same walk, on a server that other tests use as well. */
@KeycloakTest
class DemoIT {

    @Test
    void walks_the_three_patterns_and_stops_the_agent(KeycloakServer server) {
        Narrator narrator = new Narrator(System.out, false);
        try (AgentMesh mesh = new AgentMesh();
                TestRealm realm = TestRealm.load(server, RealmFile.AGENT_MESH, mesh.realmVariables())) {
            Administration administration = new Administration(server, realm.name());
            mesh.trust(realm.issuer());
            new Walk(mesh, administration, Demo.ids(realm.admin()), narrator).run();
            leadsToThePages(administration, mesh);
        }
        assertThat(narrator.checks()).filteredOn(check -> !check.ok()).isEmpty();
        assertThat(narrator.succeeded()).isTrue();
        assertThat(narrator.checks())
                .extracting(Narrator.Check::what)
                .contains("the CRM server refuses it: 401 invalid_token", "refused: unauthorized_client");
    }

    /** What {@code -Dkeep} prints is so. */
    private static void leadsToThePages(Administration administration, AgentMesh mesh) {
        OAuthClient visitor = new OAuthClient(administration.issuer());
        assertThat(KeptDemo.addresses(administration, mesh))
                .anyMatch(line -> line.endsWith(" " + administration.auditPage()))
                .anyMatch(line -> line.endsWith(" POST " + administration.explain()))
                .anyMatch(line -> line.endsWith(
                        "/mcp-audit/#/explain?client=nightly-agent&grant=client_credentials&scope=crm%3Aread"))
                .anyMatch(line -> line.contains("as audrey, password audrey"));
        assertThat(visitor.get(administration.auditPage()).status()).isEqualTo(200);
        assertThat(visitor.get(administration.console()).status()).isEqualTo(200);
        assertThat(KeptDemo.addresses(administration, mesh)).contains(KeptDemo.explainCommand(administration));
        assertThat(Scripts.succeeded(Scripts.execute(
                        Scripts.kcadm(administration.server()),
                        List.of("bash", "-c", KeptDemo.explainCommand(administration)))))
                .contains("client_suspended");
    }
}

package dev.keycloakmcp.itest.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.RealmFile;
import dev.keycloakmcp.itest.server.TestRealm;
import org.junit.jupiter.api.Test;

/** The demo keeps its promises: the same walk, on a server that other tests use as well. */
@KeycloakTest
class DemoIT {

    @Test
    void walks_the_three_patterns(KeycloakServer server) {
        Narrator narrator = new Narrator(System.out, false);
        try (AgentMesh mesh = new AgentMesh();
                TestRealm realm = TestRealm.load(server, RealmFile.AGENT_MESH, mesh.realmVariables())) {
            mesh.trust(realm.issuer());
            new Walk(mesh, realm.issuer(), Demo.ids(realm.admin()), narrator).run();
        }
        assertThat(narrator.checks()).filteredOn(check -> !check.ok()).isEmpty();
        assertThat(narrator.succeeded()).isTrue();
    }
}

package dev.keycloakmcp.itest.audit;

import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.server.KeycloakServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The audit trail in H2. */
@KeycloakTest
class AuditTrailIT extends AuditTrailContract {

    @BeforeAll
    void start(KeycloakServer server) {
        create(server);
    }

    @AfterAll
    void remove() {
        mesh.close();
    }
}

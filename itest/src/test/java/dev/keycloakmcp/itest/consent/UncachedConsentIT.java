package dev.keycloakmcp.itest.consent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.server.KeycloakServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The same answers count on servers without Keycloak's user cache. */
@KeycloakTest(buildArgs = "--spi-user-cache--default--enabled=false")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UncachedConsentIT extends RememberedConsentIT {

    @Test
    void the_server_has_no_user_cache(KeycloakServer server) {
        assertThat(server.admin().serverInfo().getInfo().getProviders().get("userCache"))
                .isNull();
    }
}

package dev.keycloakmcp.itest.registration;

import static dev.keycloakmcp.itest.registration.Registrations.publicClient;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who is no trusted proxy of the server cannot say where it comes from. */
@KeycloakTest(
        args = {
            "--proxy-headers=xforwarded",
            "--proxy-trusted-addresses=192.0.2.1",
            "--spi-cors--default--allowed-headers=MCP-Protocol-Version" // for AllowedHeadersIT
        })
class UntrustedProxyIT {

    @Test
    @Tries({"RFC9700-4.13", "RFC7591-5-flood"})
    void a_made_up_address_has_no_limit_of_its_own(TestRealm realm) {
        Registrations registrations = Registrations.in(realm, Map.of("max-registrations-per-source", List.of("1")));

        assertThat(registrations.registerFrom("203.0.113.7", publicClient("A")).status())
                .isEqualTo(201);
        assertThat(registrations.registerFrom("203.0.113.8", publicClient("B")).status())
                .isEqualTo(429);
        assertThat(registrations.register(publicClient("C")).status()).isEqualTo(429);
    }
}

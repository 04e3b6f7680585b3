package dev.keycloakmcp.itest.registration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.realm.Registration;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The option of the server that the doctor names, for pages that send {@code MCP-Protocol-Version} to Keycloak. */
@KeycloakTest(
        args = {
            // those of UntrustedProxyIT, whose server this is
            "--proxy-headers=xforwarded",
            "--proxy-trusted-addresses=192.0.2.1",
            "--spi-cors--default--allowed-headers=MCP-Protocol-Version"
        })
class AllowedHeadersIT {

    private static final String PAGE = "http://localhost:6274";

    @Test
    void pages_may_send_the_header_to_metadata_and_token_endpoint_and_the_doctor_is_content(
            KeycloakServer server, TestRealm realm) {
        Registrations.in(realm, Map.of());
        OAuthClient oauth = realm.oauth();
        URI metadata = realm.issuer()
                .resolve("/.well-known/oauth-authorization-server"
                        + realm.issuer().getPath());

        for (URI endpoint :
                List.of(oauth.endpoint("token"), metadata, Registration.endpoint(realm), oauth.endpoint("revoke"))) {
            assertThat(oauth.preflight(endpoint, PAGE, "POST", "content-type,mcp-protocol-version")
                            .expect(200)
                            .headers()
                            .allValues("Access-Control-Allow-Headers")
                            .toString())
                    .as(endpoint.toString())
                    .containsIgnoringCase("MCP-Protocol-Version")
                    .containsIgnoringCase("Content-Type")
                    .containsIgnoringCase("Authorization");
        }
        assertThat(oauth.get(realm.adminUri("mcp/doctor"), server.adminToken())
                        .expect(200)
                        .json()
                        .findValuesAsText("id"))
                .isNotEmpty()
                .doesNotContain("protocol-version-not-allowed");
    }
}

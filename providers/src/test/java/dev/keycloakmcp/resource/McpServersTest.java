package dev.keycloakmcp.resource;

import static dev.keycloakmcp.resource.Servers.BILLING;
import static dev.keycloakmcp.resource.Servers.BOTH;
import static dev.keycloakmcp.resource.Servers.CRM;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class McpServersTest {

    @Test
    void finds_servers_by_uri_client_and_scope() {
        assertThat(BOTH.all()).containsExactly(CRM, BILLING);
        assertThat(BOTH.claiming(CRM.indicator())).containsExactly(CRM);
        assertThat(BOTH.claiming(new ResourceIndicator("https://other.example.com")))
                .isEmpty();
        assertThat(BOTH.ofClient("billing")).contains(BILLING);
        assertThat(BOTH.ofClient("other")).isEmpty();
        assertThat(BOTH.isMcpScope("crm:read")).isTrue();
        assertThat(BOTH.isMcpScope("profile")).isFalse();
        assertThat(BOTH.owningAnyOf(Set.of("mcp:tools"))).containsExactlyInAnyOrder(CRM, BILLING);
        assertThat(BOTH.owningAnyOf(Set.of("crm:read", "crm:write", "profile"))).containsExactly(CRM);
        assertThat(BOTH.owningAnyOf(Set.of("profile"))).isEmpty();
    }

    @Test
    void a_realm_without_servers_has_none() {
        assertThat(McpServers.of(List.of())).isSameAs(McpServers.none());
        assertThat(McpServers.none().all()).isEmpty();
    }

    @Test
    void a_server_owns_its_scopes() {
        assertThat(CRM.owns("crm:read")).isTrue();
        assertThat(CRM.owns("billing:read")).isFalse();
    }
}

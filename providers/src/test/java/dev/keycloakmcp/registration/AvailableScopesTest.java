package dev.keycloakmcp.registration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.resource.McpServer;
import dev.keycloakmcp.resource.McpServers;
import dev.keycloakmcp.resource.ResourceIndicator;
import dev.keycloakmcp.resource.ResourcePattern;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AvailableScopesTest {

    private static final McpServers SERVERS = McpServers.of(List.of(
            server("https://one.example/mcp", "one:read", "one:write", "shared"),
            server("https://two.example/mcp", "two:read", "shared", "profile", "unknown")));

    private static final Set<String> KNOWN = Set.of(
            "one:read", "one:write", "two:read", "shared", "offline_access", "profile", "basic", "email", "address");
    private static final Set<String> DEFAULTS = Set.of("profile", "basic");

    @Test
    void are_those_of_all_servers_and_the_extra_ones_that_exist() {
        AvailableScopes scopes = scopes(List.of(), Set.of("offline_access", "missing"));
        assertThat(scopes.optional())
                .containsExactlyInAnyOrder("one:read", "one:write", "two:read", "shared", "offline_access");
        assertThat(scopes.defaults()).containsExactlyInAnyOrder("profile", "basic");
    }

    @Test
    void are_limited_to_allowed_resources() {
        assertThat(scopes(
                                List.of(ResourcePattern.parse("https://two.example/**")
                                        .orElseThrow()),
                                Set.of())
                        .optional())
                .containsExactlyInAnyOrder("two:read", "shared");
        assertThat(scopes(
                                List.of(ResourcePattern.parse("https://three.example/mcp")
                                        .orElseThrow()),
                                Set.of())
                        .optional())
                .isEmpty();
    }

    @Test
    void grant_what_is_requested_and_available_in_its_order() {
        AvailableScopes scopes = scopes(List.of(), Set.of());
        assertThat(scopes.granted(List.of("two:read", "address", "openid", "basic", "one:read")))
                .containsExactly("two:read", "openid", "basic", "one:read");
        assertThat(scopes.granted(List.of())).containsExactly("one:read", "one:write", "shared", "two:read");
        assertThat(scopes.granted(List.of("address"))).isEmpty();
    }

    @Test
    void serve_a_request_for_one_that_is_there_or_for_nothing() {
        AvailableScopes scopes = scopes(List.of(), Set.of());
        assertThat(scopes.serves(List.of())).isTrue();
        assertThat(scopes.serves(List.of("openid"))).isTrue();
        assertThat(scopes.serves(List.of("openid", "address", "two:read"))).isTrue();
        assertThat(scopes.serves(List.of("profile", "address"))).isTrue();
        assertThat(scopes.serves(List.of("openid", "address"))).isFalse();
        assertThat(scopes.serves(List.of("address"))).isFalse();
    }

    private static AvailableScopes scopes(List<ResourcePattern> allowed, Set<String> extra) {
        RegistrationPolicy policy = new RegistrationPolicy(
                Samples.REDIRECTS, Set.of("authorization_code"), true, allowed, Optional.empty(), extra, true);
        return AvailableScopes.of(policy, SERVERS, KNOWN, DEFAULTS);
    }

    private static McpServer server(String url, String... scopes) {
        return new McpServer(url, url, url, ResourceIndicator.parse(url).orElseThrow(), Set.of(scopes));
    }
}

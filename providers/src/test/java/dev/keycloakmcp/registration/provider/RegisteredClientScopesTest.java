package dev.keycloakmcp.registration.provider;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.resource.McpServer;
import dev.keycloakmcp.resource.McpServers;
import dev.keycloakmcp.resource.ResourceIndicator;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.component.ComponentModel;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/** What a request of a registered client with many scopes reads of a realm with many scopes. */
class RegisteredClientScopesTest {

    private static final int WORDS = 30_000;
    private static final int SCOPES = 200;

    private final AtomicInteger readings = new AtomicInteger();
    private final AtomicInteger ownReadings = new AtomicInteger();

    private static <T> T proxy(Class<T> type, Map<String, Function<Object[], Object>> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> answers.getOrDefault(
                                method.getName(), any -> null)
                        .apply(arguments)));
    }

    private static ClientScopeModel scope(String name) {
        return proxy(
                ClientScopeModel.class,
                Map.of("getName", none -> name, "getProtocol", none -> "openid-connect", "getId", none -> name));
    }

    private RealmModel realm() {
        List<ClientScopeModel> scopes = IntStream.range(0, SCOPES)
                .mapToObj(number -> scope("scope:" + number))
                .toList();
        ComponentModel policy = new ComponentModel();
        policy.setName("MCP");
        policy.setProviderId("mcp-client-registration");
        policy.setSubType("anonymous");
        policy.setConfig(new MultivaluedHashMap<>());
        return proxy(
                RealmModel.class,
                Map.of(
                        "getId",
                        none -> "realm",
                        "getClientScopesStream",
                        none -> counted(scopes.stream()),
                        "getDefaultClientScopesStream",
                        none -> counted(Stream.<ClientScopeModel>empty()),
                        "getComponentsStream",
                        none -> counted(Stream.of(policy))));
    }

    private <T> Stream<T> counted(Stream<T> answer) {
        readings.incrementAndGet();
        return answer;
    }

    private static KeycloakSession session() {
        McpServers servers = McpServers.of(List.of(new McpServer(
                "id",
                "server",
                "https://mcp.example/mcp",
                new ResourceIndicator("https://mcp.example/mcp"),
                Set.of("scope:1"))));
        McpServerRegistry registry = proxy(McpServerRegistry.class, Map.of("servers", realm -> servers));
        Map<Object, Object> attributes = new HashMap<>();
        return proxy(
                KeycloakSession.class,
                Map.of(
                        "getProvider",
                        type -> registry,
                        "getAttribute",
                        name -> attributes.get(name[0]),
                        "setAttribute",
                        pair -> attributes.put(pair[0], pair[1])));
    }

    @Test
    void thirtyThousandScopesReadTheRealmOnce() {
        ClientModel stored = proxy(ClientModel.class, Map.of("getId", none -> "id", "getClientScopes", byDefault -> {
            ownReadings.incrementAndGet();
            return Map.of();
        }));
        RegisteredClientModel client = new RegisteredClientModel(session(), realm(), stored);

        for (int word = 0; word < WORDS; word++) {
            assertThat(client.getParameterizedClientScope("w" + word)).isNull();
        }

        assertThat(client.getParameterizedClientScope("scope:1")).isNotNull();
        assertThat(client.getParameterizedClientScope("scope:2")).isNull();
        assertThat(readings.get()).isLessThanOrEqualTo(4);
        assertThat(ownReadings.get()).isEqualTo(1);
    }
}

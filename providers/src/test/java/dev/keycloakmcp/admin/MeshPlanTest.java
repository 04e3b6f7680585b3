package dev.keycloakmcp.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.resource.McpAttributes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeshPlanTest {

    private static final String CRM = "https://crm.example.com/mcp";
    private static final String BILLING = "https://billing.example.com/mcp";

    private static final ServerFacts CRM_SERVER = new ServerFacts("crm", true, CRM, List.of("read", "write"), false);

    private static ServerRequest server(String clientId, String resource, String... scopes) {
        return new ServerRequest(clientId, resource, List.of(scopes), Map.of());
    }

    private static AgentRequest agent(String method, String... scopes) {
        return new AgentRequest("bot", CRM, List.of(scopes), Optional.of(method), Optional.empty(), Optional.empty());
    }

    private static ClientState client(Map<String, String> attributes, String... scopes) {
        return new ClientState(
                false, true, true, true, false, false, false, "client-secret", attributes, Set.of(scopes));
    }

    private static MeshState realm(@Nullable ClientState client, ServerFacts... servers) {
        return realm(client, Map.of(), Set.of(), servers);
    }

    private static MeshState realm(
            @Nullable ClientState client, Map<String, ScopeState> more, Set<String> assigned, ServerFacts... servers) {
        Map<String, ScopeState> scopes = new HashMap<>();
        Arrays.stream(servers)
                .flatMap(server -> server.scopes().stream())
                .forEach(scope -> scopes.put(scope, new ScopeState(true, true, "", true)));
        scopes.putAll(more);
        return new MeshState(Optional.ofNullable(client), false, scopes, List.of(servers), assigned, assigned);
    }

    private static Optional<String> reason(Optional<Refusal> refusal) {
        return refusal.map(each -> (each.conflict() ? "409 " : "400 ") + each.reason());
    }

    private static List<String> lines(List<SetupStep> steps) {
        return steps.stream().map(SetupStep::line).toList();
    }

    @Test
    void a_server_is_refused_where_it_cannot_be_meant() {
        assertThat(reason(ServerPlan.refusal(server("x", BILLING, "a"), realm(null, CRM_SERVER))))
                .isEmpty();
        assertThat(reason(ServerPlan.refusal(server("x", "billing", "a"), realm(null))))
                .contains("400 uri-malformed");
        assertThat(reason(ServerPlan.refusal(server("x", BILLING), realm(null))))
                .contains("400 no-scopes");
        assertThat(reason(ServerPlan.refusal(server("x", BILLING, "a", "a"), realm(null))))
                .contains("400 scope-repeated");
        assertThat(reason(ServerPlan.refusal(server("x", CRM + "/", "a"), realm(null, CRM_SERVER))))
                .contains("409 uri-conflict");
        assertThat(reason(ServerPlan.refusal(server("crm", CRM + "/", "a"), realm(client(Map.of()), CRM_SERVER))))
                .isEmpty();
        for (ScopeState unfit : List.of(new ScopeState(false, true, "", true), new ScopeState(true, false, "", true))) {
            assertThat(reason(ServerPlan.refusal(
                            server("x", BILLING, "b", "a"), realm(null, Map.of("a", unfit), Set.of()))))
                    .contains("409 scope-not-in-token");
        }
    }

    @Test
    void no_new_client_has_the_id_of_another_party() {
        AgentRequest namedAsServer = new AgentRequest(
                CRM + "/",
                CRM,
                List.of("read"),
                Optional.of(AgentRequest.CLIENT_SECRET_BASIC),
                Optional.empty(),
                Optional.empty());
        assertThat(reason(AgentPlan.refusal(namedAsServer, realm(null, CRM_SERVER))))
                .contains("409 client-id-of-server");
        assertThat(reason(ServerPlan.refusal(server(CRM, BILLING, "a"), realm(null, CRM_SERVER))))
                .contains("409 client-id-of-server");
        assertThat(reason(ServerPlan.refusal(server(CRM, BILLING, "a"), realm(client(Map.of()), CRM_SERVER))))
                .as("a client that is there")
                .isEmpty();
        assertThat(reason(ServerPlan.refusal(server(BILLING, BILLING, "a"), realm(null, CRM_SERVER))))
                .as("its own")
                .isEmpty();
        MeshState ofAccount = new MeshState(Optional.empty(), true, Map.of(), List.of(CRM_SERVER), Set.of(), Set.of());
        assertThat(reason(ServerPlan.refusal(server("x", BILLING, "a"), ofAccount)))
                .contains("409 client-id-of-account");
        assertThat(reason(AgentPlan.refusal(agent(AgentRequest.CLIENT_SECRET_BASIC, "read"), ofAccount)))
                .contains("409 client-id-of-account");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\"", "a\\", "ä", "openid", "offline_access", "a\n"})
    void scopes_that_no_request_can_name_are_refused(String scope) {
        assertThat(reason(ServerPlan.refusal(server("x", BILLING, "a", scope), realm(null))))
                .contains("400 scope-malformed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a\u0000", "a\nb", "a\u0085", "a\ud800"})
    void client_ids_that_nobody_can_tell_apart_are_refused(String id) {
        assertThat(reason(ServerPlan.refusal(server(id, BILLING, "a"), realm(null))))
                .contains("400 client-id-malformed");
        assertThat(reason(ServerPlan.refusal(server("a".repeat(256), BILLING, "a"), realm(null))))
                .contains("400 client-id-malformed");
        assertThat(ServerPlan.refusal(server("a".repeat(255), BILLING, "a"), realm(null)))
                .isEmpty();
    }

    @Test
    void the_account_of_an_agent_has_a_longer_name_than_its_client() {
        Function<Integer, Optional<String>> ofLength = length -> reason(AgentPlan.refusal(
                new AgentRequest(
                        "a".repeat(length),
                        CRM,
                        List.of("read"),
                        Optional.of(AgentRequest.CLIENT_SECRET_BASIC),
                        Optional.empty(),
                        Optional.empty()),
                realm(null, CRM_SERVER)));
        assertThat(ofLength.apply(239)).isEmpty();
        assertThat(ofLength.apply(240)).contains("400 client-id-malformed");
    }

    @Test
    void texts_are_for_scopes_that_are_named_and_fit_into_a_line() {
        assertThat(reason(texts(Map.of("b", "x")))).contains("400 text-without-scope");
        assertThat(reason(texts(Map.of("a", "x\udfff")))).contains("400 text-malformed");
        assertThat(reason(texts(Map.of("a", "x\n")))).contains("400 text-malformed");
        assertThat(reason(texts(Map.of("a", "x".repeat(256))))).contains("400 text-malformed");
        assertThat(texts(Map.of("a", "x".repeat(255)))).isEmpty();
    }

    private static Optional<Refusal> texts(Map<String, String> texts) {
        return ServerPlan.refusal(new ServerRequest("x", BILLING, List.of("a"), texts), realm(null));
    }

    @Test
    void clients_that_others_hold_are_left_alone() {
        ClientState selfDeclared =
                new ClientState(true, true, true, false, true, false, false, "client-secret", Map.of(), Set.of());
        ClientState saml =
                new ClientState(false, false, true, false, true, false, false, "client-secret", Map.of(), Set.of());
        ClientState open =
                new ClientState(false, true, false, false, true, false, false, "client-secret", Map.of(), Set.of());
        assertThat(reason(ServerPlan.refusal(server("x", BILLING, "a"), realm(selfDeclared))))
                .contains("409 client-registered");
        assertThat(reason(ServerPlan.refusal(server("x", BILLING, "a"), realm(saml))))
                .contains("409 client-other-protocol");
        assertThat(reason(AgentPlan.refusal(agent("client_secret_basic", "read"), realm(selfDeclared, CRM_SERVER))))
                .contains("409 client-registered");
        assertThat(reason(AgentPlan.refusal(agent("client_secret_basic", "read"), realm(open, CRM_SERVER))))
                .contains("409 client-public");
        assertThat(ServerPlan.refusal(server("x", BILLING, "a"), realm(open))).isEmpty();
    }

    @Test
    void a_server_is_added_once() {
        ServerRequest request = new ServerRequest("crm", CRM, List.of("read", "write"), Map.of("read", "See it"));
        assertThat(lines(ServerPlan.add(request, realm(null))))
                .containsExactly(
                        "added     client scope read: See it",
                        "added     client scope write",
                        "added     client crm: MCP server " + CRM + " with read write");
        MeshState after = realm(
                client(Map.of(McpAttributes.RESOURCE_URL, CRM, McpAttributes.SCOPES, " read  write ")),
                Map.of("read", new ScopeState(true, true, "See it", true)),
                Set.of(),
                CRM_SERVER);
        assertThat(ServerPlan.add(request, after)).noneMatch(SetupStep::isDifference);
        assertThat(lines(ServerPlan.add(
                        new ServerRequest("crm", CRM, List.of("read"), Map.of("read", "Look at it")), after)))
                .containsExactly(
                        "changed   client scope read: Look at it",
                        "changed   client crm: MCP server " + CRM + " with read");
        assertThat(lines(ServerPlan.add(server("crm", BILLING, "read", "write"), after)))
                .containsExactly(
                        "present   client scope read",
                        "present   client scope write",
                        "changed   client crm: MCP server " + BILLING + " with read write");
    }

    @Test
    void a_server_takes_along_what_nobody_else_has() {
        Map<String, String> attributes = Map.of(McpAttributes.RESOURCE_URL, CRM, McpAttributes.ADDED, "true");
        ClientState only =
                new ClientState(false, true, true, false, false, false, false, "client-secret", attributes, Set.of());
        assertThat(lines(ServerPlan.remove("crm", realm(only, CRM_SERVER))))
                .containsExactly("removed   client crm", "removed   client scope read", "removed   client scope write");
        assertThat(lines(ServerPlan.remove(
                        "crm",
                        realm(
                                only,
                                Map.of("write", new ScopeState(true, true, "", false)),
                                Set.of("read"),
                                CRM_SERVER))))
                .containsExactly(
                        "removed   client crm",
                        "present   client scope read, which is in use",
                        "present   client scope write, which is in use");
        assertThat(lines(ServerPlan.remove(
                        "crm",
                        realm(only, CRM_SERVER, new ServerFacts("other", false, BILLING, List.of("write"), false)))))
                .contains("removed   client scope read", "present   client scope write, which is in use");
        Map<String, String> earlier = Map.of(McpAttributes.RESOURCE_URL, CRM);
        for (ClientState more : List.of(
                client(attributes),
                new ClientState(false, true, true, false, false, false, false, "client-secret", earlier, Set.of()),
                new ClientState(false, true, true, false, true, false, false, "client-secret", attributes, Set.of()),
                new ClientState(false, true, true, false, false, true, false, "client-secret", attributes, Set.of()),
                new ClientState(false, true, false, false, false, false, true, "x", attributes, Set.of()))) {
            assertThat(lines(ServerPlan.remove("crm", realm(more, CRM_SERVER))))
                    .contains("changed   client crm: no MCP server any more");
        }
        assertThat(lines(ServerPlan.remove("crm", realm(null)))).containsExactly("absent    client crm: no MCP server");
        assertThat(lines(ServerPlan.remove("crm", realm(client(Map.of())))))
                .containsExactly("absent    client crm: no MCP server");
    }

    @Test
    void an_agent_is_refused_where_it_cannot_be_meant() {
        assertThat(AgentPlan.refusal(agent("private_key_jwt", "read"), realm(null, CRM_SERVER)))
                .isEmpty();
        assertThat(reason(AgentPlan.refusal(agent("none", "read"), realm(null, CRM_SERVER))))
                .contains("400 auth-method-unknown");
        assertThat(reason(AgentPlan.refusal(agent("private_key_jwt"), realm(null, CRM_SERVER))))
                .contains("400 no-scopes");
        assertThat(reason(AgentPlan.refusal(agent("private_key_jwt", "read"), realm(null))))
                .contains("400 server-unknown");
        assertThat(reason(AgentPlan.refusal(
                        agent("private_key_jwt", "read"),
                        realm(null, new ServerFacts("crm", false, CRM, List.of("read"), false)))))
                .contains("400 server-unknown");
        assertThat(reason(AgentPlan.refusal(agent("private_key_jwt", "other"), realm(null, CRM_SERVER))))
                .contains("400 scope-not-of-server");
        assertThat(reason(keys("client_secret_basic", Optional.of(CRM), Optional.empty())))
                .contains("400 keys-unused");
        assertThat(reason(keys("client_secret_basic", Optional.empty(), Optional.of(Map.of()))))
                .contains("400 keys-unused");
        assertThat(reason(keys("private_key_jwt", Optional.of(CRM), Optional.of(Map.of()))))
                .contains("400 keys-ambiguous");
        assertThat(reason(keys("private_key_jwt", Optional.of("file:///x"), Optional.empty())))
                .contains("400 keys-url-malformed");
        assertThat(keys("private_key_jwt", Optional.of(CRM), Optional.empty())).isEmpty();
    }

    @Test
    void an_agent_that_is_there_may_keep_its_credential() {
        AgentRequest request =
                new AgentRequest("bot", CRM, List.of("read"), Optional.empty(), Optional.empty(), Optional.empty());
        assertThat(reason(AgentPlan.refusal(request, realm(null, CRM_SERVER)))).contains("400 auth-method-missing");
        assertThat(AgentPlan.refusal(request, realm(client(Map.of()), CRM_SERVER)))
                .isEmpty();
        assertThat(reason(keys(null, Optional.of(CRM), Optional.empty()))).contains("400 auth-method-missing");
        assertThat(reason(AgentPlan.refusal(
                        new AgentRequest(
                                "bot", CRM, List.of("read"), Optional.empty(), Optional.of(CRM), Optional.empty()),
                        realm(client(Map.of()), CRM_SERVER))))
                .contains("400 keys-unused");
        assertThat(lines(AgentPlan.add(request, realm(client(Map.of()), CRM_SERVER), true)))
                .containsExactly("changed   client bot: agent of " + CRM + " with read");
        assertThat(request.byKey() || request.bySecret()).isFalse();
    }

    private static Optional<Refusal> keys(
            @Nullable String method, Optional<String> jwksUri, Optional<Map<String, Object>> jwks) {
        return AgentPlan.refusal(
                new AgentRequest("bot", CRM, List.of("read"), Optional.ofNullable(method), jwksUri, jwks),
                realm(null, CRM_SERVER));
    }

    @Test
    void an_agent_is_added_once() {
        AgentRequest request = agent("private_key_jwt", "read");
        String what = " client bot: agent of " + CRM + " with read, private_key_jwt";
        assertThat(lines(AgentPlan.add(request, realm(null, CRM_SERVER), false)))
                .containsExactly("added    " + what);
        Map<String, String> limited = Map.of(McpAttributes.ALLOWED_RESOURCES, CRM);
        assertThat(lines(AgentPlan.add(request, realm(client(limited, "read"), CRM_SERVER), true)))
                .containsExactly("present  " + what);
        for (List<SetupStep> steps : List.of(
                AgentPlan.add(request, realm(client(limited, "read"), CRM_SERVER), false),
                AgentPlan.add(request, realm(client(limited, "write"), CRM_SERVER), true),
                AgentPlan.add(
                        request,
                        realm(client(Map.of(McpAttributes.ALLOWED_RESOURCES, BILLING), "read"), CRM_SERVER),
                        true),
                AgentPlan.add(
                        request,
                        realm(
                                new ClientState(
                                        false, true, true, false, true, false, false, "x", limited, Set.of("read")),
                                CRM_SERVER),
                        true))) {
            assertThat(lines(steps)).containsExactly("changed  " + what);
        }
    }

    @Test
    void an_agent_may_target_one_server_more_and_never_fewer() {
        AgentRequest request = new AgentRequest(
                "bot", CRM + "/", List.of("read"), Optional.of("private_key_jwt"), Optional.empty(), Optional.empty());
        assertThat(AgentPlan.allowed(request, realm(null, CRM_SERVER))).isEqualTo(CRM);
        assertThat(AgentPlan.allowed(request, realm(client(Map.of()), CRM_SERVER)))
                .as("all servers of its scopes")
                .isEmpty();
        ClientState noAccount = new ClientState(false, true, true, false, true, false, false, "x", Map.of(), Set.of());
        assertThat(AgentPlan.allowed(request, realm(noAccount, CRM_SERVER))).isEqualTo(CRM);
        assertThat(allowedBesides(request, BILLING)).isEqualTo(BILLING + " " + CRM);
        assertThat(allowedBesides(request, " " + CRM + "/ ")).isEqualTo(" " + CRM + "/ ");
    }

    private static String allowedBesides(AgentRequest request, String allowed) {
        return AgentPlan.allowed(request, realm(client(Map.of(McpAttributes.ALLOWED_RESOURCES, allowed)), CRM_SERVER));
    }

    @Test
    void only_what_is_an_agent_and_nothing_else_is_taken_out_as_one() {
        assertThat(AgentPlan.removalRefusal(realm(null))).isEmpty();
        assertThat(lines(AgentPlan.remove("bot", realm(null)))).containsExactly("absent    client bot");
        Map<String, String> limited = Map.of(McpAttributes.ALLOWED_RESOURCES, CRM);
        assertThat(AgentPlan.removalRefusal(realm(client(limited)))).isEmpty();
        assertThat(AgentPlan.removalRefusal(realm(client(Map.of(), "read"), CRM_SERVER)))
                .isEmpty();
        Map<String, String> added = Map.of(McpAttributes.ALLOWED_RESOURCES, CRM, McpAttributes.ADDED, "true");
        assertThat(lines(AgentPlan.remove("bot", realm(client(added))))).containsExactly("removed   client bot");
        assertThat(lines(AgentPlan.remove("bot", realm(client(limited)))))
                .as("it was there before")
                .containsExactly("changed   client bot: no agent any more");
        assertThat(reason(AgentPlan.removalRefusal(
                        realm(client(Map.of(), "read"), Map.of(), Set.of("read"), CRM_SERVER))))
                .as("a default of the realm makes no agent")
                .contains("409 client-in-use");
        assertThat(reason(AgentPlan.removalRefusal(realm(client(Map.of(), "other"), CRM_SERVER))))
                .as("no agent")
                .contains("409 client-in-use");
        for (ClientState more : List.of(
                client(Map.of(McpAttributes.RESOURCE_URL, CRM, McpAttributes.ALLOWED_RESOURCES, CRM)),
                new ClientState(true, true, true, true, false, false, false, "x", limited, Set.of()),
                new ClientState(false, true, true, false, false, false, false, "x", limited, Set.of()),
                new ClientState(false, true, true, true, false, true, false, "x", limited, Set.of()),
                new ClientState(false, true, true, true, true, false, false, "x", limited, Set.of()))) {
            assertThat(reason(AgentPlan.removalRefusal(realm(more)))).contains("409 client-in-use");
        }
        ClientState owner = new ClientState(false, true, true, true, false, false, true, "x", added, Set.of());
        assertThat(reason(AgentPlan.removalRefusal(realm(owner))))
                .as("roles or mappers would go with it")
                .contains("409 client-owns");
        assertThat(AgentPlan.removalRefusal(
                        realm(new ClientState(false, true, true, true, false, false, true, "x", limited, Set.of()))))
                .as("nothing goes with it")
                .isEmpty();
    }
}

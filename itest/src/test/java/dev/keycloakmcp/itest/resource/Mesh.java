package dev.keycloakmcp.itest.resource;

import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.RealmBuilder;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.ClientPolicy;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A realm with two MCP servers, an API behind them, an interactive client, an agent, and two clients that have nothing
 * to do with MCP.
 */
final class Mesh extends TestRealm {

    static final String CRM = "https://crm.example.com/mcp";
    static final String BILLING = "https://billing.example.com/mcp/";
    static final String TICKETS = "https://tickets.example.com";
    static final String CALLBACK = "http://localhost:8090/callback";
    static final String SECRET = "secret";

    private Mesh(TestRealm realm) {
        super(realm);
    }

    /** Fills an empty realm; policies are added by {@link #policies}. */
    static Mesh in(TestRealm realm) {
        return new Mesh(RealmBuilder.realm()
                .scopes("crm:read", "crm:write", "billing:read", "tickets:read", "mcp:tools")
                .clients(
                        server("crm", CRM, "crm:read", "crm:write", "mcp:tools").optional("tickets:read"),
                        server("billing", BILLING, "billing:read", "mcp:tools").optional("tickets:read"),
                        server("tickets", TICKETS, "tickets:read"),
                        application("app")
                                .fullScope(true)
                                .defaults("basic", "roles", "profile", "email", "acr", "web-origins")
                                .optional(
                                        "crm:read",
                                        "crm:write",
                                        "billing:read",
                                        "mcp:tools",
                                        "offline_access",
                                        "address"),
                        Client.agent("agent", SECRET)
                                .fullScope(true)
                                .defaults("basic", "roles", "profile", "crm:read")
                                .optional("crm:write", "billing:read", "mcp:tools", "offline_access"),
                        application("web"),
                        service("batch"))
                .role("crm", "crm-user")
                .role("billing", "billing-user")
                .users("alice")
                .events(
                        "LOGIN",
                        "CODE_TO_TOKEN",
                        "REFRESH_TOKEN",
                        "CLIENT_LOGIN",
                        "TOKEN_EXCHANGE",
                        "PUSHED_AUTHORIZATION_REQUEST")
                .addTo(realm));
    }

    /** An MCP server that exchanges tokens. */
    static Client server(String clientId, String uri, String... scopes) {
        return Client.server(clientId, SECRET, uri, scopes)
                .serviceAccount()
                .exchanges()
                .defaults("basic")
                .optional();
    }

    static Client application(String clientId) {
        return Client.application(clientId, CALLBACK);
    }

    static Client service(String clientId) {
        return Client.confidential(clientId, SECRET).serviceAccount();
    }

    /** One policy on all MCP clients, with these executors and their configuration. */
    Mesh policies(Map<String, Map<String, Object>> executors) {
        executors(executors);
        return this;
    }

    Mesh policies(Map<String, Map<String, Object>> conditions, Map<String, Map<String, Object>> executors) {
        ClientPolicy.replace(admin(), List.of(new ClientPolicy("mcp", true, conditions, executors)));
        return this;
    }

    /** The two executors of the foundation on defaults. */
    Mesh defaultPolicies() {
        Map<String, Map<String, Object>> executors = new LinkedHashMap<>();
        executors.put("mcp-resource-indicator", Map.of());
        executors.put("mcp-client-credentials", Map.of());
        return policies(executors);
    }

    /** A hidden default scope of a client, with one mapper. */
    void mapper(String clientId, String mapperId, Map<String, String> configuration) {
        String name = "hidden-" + clientId + "-" + mapperId + "-" + configuration.getOrDefault("claim.name", "");
        String scope = add(Scope.hidden(name, Scope.mapper(mapperId, mapperId, configuration)));
        clientResource(clientId).addDefaultClientScope(scope);
    }

    static Form authorization(String clientId, String scope) {
        Form form = Form.of("client_id", clientId).with("redirect_uri", CALLBACK);
        return scope.isEmpty() ? form : form.with("scope", scope);
    }

    /** Alice signs in and the client redeems the code. */
    Reply signIn(Form authorization) {
        return signIn(authorization, Form.empty());
    }

    Reply signIn(Form authorization, Form atTokenEndpoint) {
        return oauth().code(
                        ClientAuth.none(authorization.get("client_id")),
                        oauth().authorize(authorization).as("alice", "alice"),
                        atTokenEndpoint);
    }

    Jwt verify(Reply tokens) {
        return oauth().verify(tokens.expect(200).accessToken());
    }

    /** The newest event of a type, its details. */
    Map<String, String> lastEvent(String type) {
        return events(type).get(0).getDetails();
    }

    static ClientAuth secret(String clientId) {
        return ClientAuth.basic(clientId, SECRET);
    }
}

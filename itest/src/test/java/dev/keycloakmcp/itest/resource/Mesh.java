package dev.keycloakmcp.itest.resource;

import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.ClientPolicy;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.ComponentRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;
import org.keycloak.representations.idm.RealmEventsConfigRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;

/**
 * A realm with two MCP servers, an API behind them, an interactive client, an agent, and two clients that have nothing
 * to do with MCP.
 */
final class Mesh {

    static final String CRM = "https://crm.example.com/mcp";
    static final String BILLING = "https://billing.example.com/mcp/";
    static final String TICKETS = "https://tickets.example.com";
    static final String CALLBACK = "http://localhost:8090/callback";
    static final String SECRET = "secret";

    private final TestRealm realm;

    private Mesh(TestRealm realm) {
        this.realm = realm;
    }

    /** Fills an empty realm; policies are added by {@link #policies}. */
    static Mesh in(TestRealm realm) {
        Mesh mesh = new Mesh(realm);
        for (String scope : List.of("crm:read", "crm:write", "billing:read", "tickets:read", "mcp:tools")) {
            mesh.scope(scope, true);
        }
        mesh.server("crm", CRM, "crm:read crm:write mcp:tools", List.of("tickets:read"));
        mesh.server("billing", BILLING, "billing:read mcp:tools", List.of("tickets:read"));
        mesh.server("tickets", TICKETS, "tickets:read", List.of());
        mesh.add("app", client -> {
            client.setPublicClient(true);
            client.setRedirectUris(List.of(CALLBACK));
            client.setFullScopeAllowed(true);
            client.setDefaultClientScopes(List.of("basic", "roles", "profile", "email", "acr", "web-origins"));
            client.setOptionalClientScopes(
                    List.of("crm:read", "crm:write", "billing:read", "mcp:tools", "offline_access", "address"));
        });
        mesh.add("agent", client -> {
            client.setSecret(SECRET);
            client.setStandardFlowEnabled(false);
            client.setServiceAccountsEnabled(true);
            client.setFullScopeAllowed(true);
            client.setDefaultClientScopes(List.of("basic", "roles", "profile", "crm:read"));
            client.setOptionalClientScopes(List.of("crm:write", "billing:read", "mcp:tools", "offline_access"));
        });
        mesh.add("web", client -> {
            client.setPublicClient(true);
            client.setRedirectUris(List.of(CALLBACK));
        });
        mesh.add("batch", client -> {
            client.setSecret(SECRET);
            client.setServiceAccountsEnabled(true);
        });
        realm.addUser("alice", "alice");
        RealmEventsConfigRepresentation events = new RealmEventsConfigRepresentation();
        events.setEventsEnabled(true);
        events.setEnabledEventTypes(List.of(
                "LOGIN",
                "LOGIN_ERROR",
                "CODE_TO_TOKEN",
                "CODE_TO_TOKEN_ERROR",
                "REFRESH_TOKEN",
                "REFRESH_TOKEN_ERROR",
                "CLIENT_LOGIN",
                "CLIENT_LOGIN_ERROR",
                "TOKEN_EXCHANGE",
                "TOKEN_EXCHANGE_ERROR",
                "PUSHED_AUTHORIZATION_REQUEST",
                "PUSHED_AUTHORIZATION_REQUEST_ERROR"));
        realm.admin().updateRealmEventsConfig(events);
        return mesh;
    }

    TestRealm realm() {
        return realm;
    }

    OAuthClient oauth() {
        return realm.oauth();
    }

    /** One policy on all MCP clients, with these executors and their configuration. */
    Mesh policies(Map<String, Map<String, Object>> executors) {
        return policies(Map.of("mcp-client", Map.of()), executors);
    }

    Mesh policies(Map<String, Map<String, Object>> conditions, Map<String, Map<String, Object>> executors) {
        ClientPolicy.replace(realm.admin(), List.of(new ClientPolicy("mcp", true, conditions, executors)));
        return this;
    }

    /** The two executors of the foundation on defaults. */
    Mesh defaultPolicies() {
        Map<String, Map<String, Object>> executors = new LinkedHashMap<>();
        executors.put("mcp-resource-indicator", Map.of());
        executors.put("mcp-client-credentials", Map.of());
        return policies(executors);
    }

    /** MCP clients may register themselves anonymously. */
    Mesh registration() {
        return registration("anonymous");
    }

    Mesh registration(String kind) {
        ComponentRepresentation policy = new ComponentRepresentation();
        policy.setName("mcp");
        policy.setProviderId("mcp-client-registration");
        policy.setProviderType("org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy");
        policy.setSubType(kind);
        policy.setParentId(realm.admin().toRepresentation().getId());
        realm.admin().components().add(policy).close();
        return this;
    }

    void scope(String name, boolean inToken) {
        ClientScopeRepresentation scope = new ClientScopeRepresentation();
        scope.setName(name);
        scope.setProtocol("openid-connect");
        scope.setAttributes(Map.of("include.in.token.scope", String.valueOf(inToken)));
        realm.add(scope);
    }

    /** A hidden default scope of a client, with one mapper. */
    void mapper(String clientId, String mapperId, Map<String, String> configuration) {
        ProtocolMapperRepresentation mapper = new ProtocolMapperRepresentation();
        mapper.setName(mapperId);
        mapper.setProtocol("openid-connect");
        mapper.setProtocolMapper(mapperId);
        mapper.setConfig(configuration);
        ClientScopeRepresentation scope = new ClientScopeRepresentation();
        scope.setName("hidden-" + clientId + "-" + mapperId + "-" + configuration.getOrDefault("claim.name", ""));
        scope.setProtocol("openid-connect");
        scope.setAttributes(Map.of("include.in.token.scope", "false"));
        scope.setProtocolMappers(List.of(mapper));
        realm.admin().clients().get(id(clientId)).addDefaultClientScope(realm.add(scope));
    }

    void server(String clientId, String url, String scopes, List<String> downstream) {
        add(clientId, client -> {
            client.setSecret(SECRET);
            client.setStandardFlowEnabled(false);
            client.setServiceAccountsEnabled(true);
            client.setDefaultClientScopes(List.of("basic"));
            client.setOptionalClientScopes(downstream);
            client.setAttributes(
                    Map.of("resource_url", url, "mcp.scopes", scopes, "standard.token.exchange.enabled", "true"));
        });
        RoleRepresentation role = new RoleRepresentation();
        role.setName(clientId + "-user");
        realm.admin().clients().get(id(clientId)).roles().create(role);
    }

    /** Gives alice a role of a server. */
    void grantRole(String clientId) {
        String user = realm.admin().users().search("alice").get(0).getId();
        RoleRepresentation role = realm.admin()
                .clients()
                .get(id(clientId))
                .roles()
                .get(clientId + "-user")
                .toRepresentation();
        realm.admin().users().get(user).roles().clientLevel(id(clientId)).add(List.of(role));
    }

    void add(String clientId, java.util.function.Consumer<ClientRepresentation> details) {
        ClientRepresentation client = new ClientRepresentation();
        client.setClientId(clientId);
        client.setProtocol("openid-connect");
        client.setPublicClient(false);
        details.accept(client);
        realm.add(client);
    }

    /** Changes a client through the admin REST API. */
    void change(String clientId, java.util.function.Consumer<ClientRepresentation> details) {
        ClientRepresentation client =
                realm.admin().clients().findByClientId(clientId).get(0);
        details.accept(client);
        realm.admin().clients().get(client.getId()).update(client);
    }

    String id(String clientId) {
        return realm.admin().clients().findByClientId(clientId).get(0).getId();
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
        OAuthClient oauth = oauth();
        String client = authorization.get("client_id");
        return oauth.code(
                ClientAuth.none(client), oauth.authorize(authorization).as("alice", "alice"), atTokenEndpoint);
    }

    Jwt verify(Reply tokens) {
        return oauth().verify(tokens.expect(200).accessToken());
    }

    /** The newest event of a type, its details. */
    Map<String, String> lastEvent(String type) {
        return realm.admin()
                .getEvents(List.of(type), null, null, null, null, null, 0, 1)
                .get(0)
                .getDetails();
    }

    static ClientAuth secret(String clientId) {
        return ClientAuth.basic(clientId, SECRET);
    }
}

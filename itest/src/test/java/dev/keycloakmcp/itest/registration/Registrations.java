package dev.keycloakmcp.itest.registration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.TestRealm;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.keycloak.representations.idm.ClientPoliciesRepresentation;
import org.keycloak.representations.idm.ClientPolicyConditionRepresentation;
import org.keycloak.representations.idm.ClientPolicyExecutorRepresentation;
import org.keycloak.representations.idm.ClientPolicyRepresentation;
import org.keycloak.representations.idm.ClientProfileRepresentation;
import org.keycloak.representations.idm.ClientProfilesRepresentation;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.ComponentRepresentation;
import org.keycloak.representations.idm.RealmEventsConfigRepresentation;

/** A realm with two MCP servers that lets MCP clients register. */
final class Registrations {

    static final String SERVER = "https://mcp.example.com/mcp";
    static final String OTHER = "https://other.example.com/mcp";
    static final String CALLBACK = "http://localhost:8090/callback";

    private static final String POLICY_TYPE =
            "org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TestRealm realm;

    private Registrations(TestRealm realm) {
        this.realm = realm;
    }

    /** The configuration that the documentation names for the clients of the fixture. */
    static Registrations documented(TestRealm realm) {
        return in(
                realm,
                Map.of(
                        "https-redirect-hosts",
                        List.of("claude.ai", "*.cursor.com", "mesh.example.com", "ports.example.com:8443"),
                        "private-use-schemes",
                        List.of("cursor"),
                        "max-registrations-per-source",
                        List.of("0")));
    }

    static Registrations in(TestRealm realm, Map<String, List<String>> configuration) {
        Registrations registrations = new Registrations(realm);
        for (String scope : List.of("mcp:read", "mcp:write", "other:read")) {
            registrations.scope(scope);
        }
        registrations.server("server", SERVER, "mcp:read mcp:write");
        registrations.server("other", OTHER, "other:read");
        registrations.component("anonymous", configuration);
        registrations.component("authenticated", configuration);
        registrations.policies();
        realm.addUser("alice", "alice");
        RealmEventsConfigRepresentation events = new RealmEventsConfigRepresentation();
        events.setEventsEnabled(true);
        realm.admin().updateRealmEventsConfig(events);
        return registrations;
    }

    TestRealm realm() {
        return realm;
    }

    OAuthClient oauth() {
        return realm.oauth();
    }

    void scope(String name) {
        ClientScopeRepresentation scope = new ClientScopeRepresentation();
        scope.setName(name);
        scope.setProtocol("openid-connect");
        scope.setAttributes(Map.of("include.in.token.scope", "true"));
        realm.add(scope);
    }

    String server(String clientId, String url, String scopes) {
        ClientRepresentation client = new ClientRepresentation();
        client.setClientId(clientId);
        client.setSecret("secret");
        client.setPublicClient(false);
        client.setStandardFlowEnabled(false);
        client.setAttributes(new HashMap<>(Map.of("resource_url", url, "mcp.scopes", scopes)));
        return realm.add(client);
    }

    void component(String kind, Map<String, List<String>> configuration) {
        ComponentRepresentation component = new ComponentRepresentation();
        component.setName("MCP");
        component.setProviderId("mcp-client-registration");
        component.setProviderType(POLICY_TYPE);
        component.setSubType(kind);
        component.setConfig(new org.keycloak.common.util.MultivaluedHashMap<>());
        configuration.forEach((key, values) -> component.getConfig().put(key, values));
        try (Response response = realm.admin().components().add(component)) {
            assertThat(response.getStatus()).isEqualTo(201);
        }
    }

    private void policies() {
        ClientPolicyExecutorRepresentation executor = new ClientPolicyExecutorRepresentation();
        executor.setExecutorProviderId("mcp-resource-indicator");
        executor.setConfiguration(JSON.createObjectNode());
        ClientProfileRepresentation profile = new ClientProfileRepresentation();
        profile.setName("mcp");
        profile.setExecutors(List.of(executor));
        ClientProfilesRepresentation profiles = new ClientProfilesRepresentation();
        profiles.setProfiles(List.of(profile));
        realm.admin().clientPoliciesProfilesResource().updateProfiles(profiles);
        ClientPolicyConditionRepresentation condition = new ClientPolicyConditionRepresentation();
        condition.setConditionProviderId("mcp-client");
        condition.setConfiguration(JSON.createObjectNode());
        ClientPolicyRepresentation policy = new ClientPolicyRepresentation();
        policy.setName("mcp");
        policy.setEnabled(true);
        policy.setConditions(List.of(condition));
        policy.setProfiles(List.of("mcp"));
        ClientPoliciesRepresentation policies = new ClientPoliciesRepresentation();
        policies.setPolicies(List.of(policy));
        realm.admin().clientPoliciesPoliciesResource().updatePolicies(policies);
    }

    /** The clients of the fixture. */
    static List<JsonNode> clients() {
        try (InputStream file = Registrations.class.getResourceAsStream("/registration/mcp-clients.json")) {
            return JSON.readTree(file).get("clients").valueStream().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A public client with refresh tokens. */
    static Map<String, Object> publicClient(String name) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("client_name", name);
        metadata.put("redirect_uris", List.of(CALLBACK));
        metadata.put("grant_types", List.of("authorization_code", "refresh_token"));
        metadata.put("token_endpoint_auth_method", "none");
        return metadata;
    }

    static Map<String, Object> with(Map<String, Object> metadata, String member, Object value) {
        Map<String, Object> changed = new LinkedHashMap<>(metadata);
        changed.put(member, value);
        return changed;
    }

    Reply register(Object metadata) {
        return oauth().register("mcp", metadata);
    }

    Reply register(Object metadata, String origin) {
        String body = metadata instanceof String text ? text : write(metadata);
        return oauth().send(HttpRequest.newBuilder(endpoint())
                .header("Content-Type", "application/json")
                .header("Origin", origin)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    URI endpoint() {
        return URI.create(realm.issuer() + "/clients-registrations/mcp");
    }

    static ClientAuth authOf(Reply registered) {
        String id = registered.get("client_id");
        return switch (registered.get("token_endpoint_auth_method")) {
            case "none" -> ClientAuth.none(id);
            case "client_secret_post" -> ClientAuth.post(id, registered.get("client_secret"));
            case "client_secret_basic" -> ClientAuth.basic(id, registered.get("client_secret"));
            default -> throw new IllegalArgumentException(registered.toString());
        };
    }

    /** An authorization request that has consent in the end. */
    Authorization authorize(String clientId, String redirectUri, String scope, String resource, Browser browser) {
        return oauth().authorize(
                        Form.of("client_id", clientId)
                                .with("redirect_uri", redirectUri)
                                .with("scope", scope)
                                .with("resource", resource),
                        browser)
                .as("alice", "alice");
    }

    /** A login of a registered client, to its tokens. */
    Reply signIn(Reply registered, String redirectUri, String scope) {
        Authorization authorization = authorize(registered.get("client_id"), redirectUri, scope, SERVER, new Browser());
        return oauth().code(authOf(registered), authorization, Form.empty()).expect(200);
    }

    long clientCount() {
        return realm.admin().clients().findAll(null, null, null, 0, 100_000).size();
    }

    static String write(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

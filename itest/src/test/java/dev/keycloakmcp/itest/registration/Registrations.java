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
import dev.keycloakmcp.itest.server.ClientPolicy;
import dev.keycloakmcp.itest.server.TestRealm;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.keycloak.representations.idm.ClientInitialAccessCreatePresentation;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.ComponentRepresentation;
import org.keycloak.representations.idm.RealmEventsConfigRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;

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
                        List.of("0"),
                        "max-clients",
                        List.of("0")));
    }

    static Registrations in(TestRealm realm, Map<String, List<String>> configuration) {
        return in(realm, configuration, configuration);
    }

    static Registrations in(
            TestRealm realm, Map<String, List<String>> anonymous, Map<String, List<String>> authenticated) {
        Registrations registrations = new Registrations(realm);
        for (String scope : List.of("mcp:read", "mcp:write", "other:read")) {
            registrations.scope(scope);
        }
        registrations.server("server", SERVER, "mcp:read mcp:write");
        registrations.server("other", OTHER, "other:read");
        registrations.component("anonymous", anonymous);
        registrations.component("authenticated", authenticated);
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
        admit(realm, kind, configuration);
    }

    /** Adds the policy to a realm. */
    static void admit(TestRealm realm, String kind, Map<String, List<String>> configuration) {
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

    /** Replaces the configuration of a kind of registration. */
    void reconfigure(String kind, Map<String, List<String>> configuration) {
        ComponentRepresentation component =
                realm
                        .admin()
                        .components()
                        .query(realm.admin().toRepresentation().getId(), POLICY_TYPE)
                        .stream()
                        .filter(each -> each.getProviderId().equals("mcp-client-registration"))
                        .filter(each -> each.getSubType().equals(kind))
                        .findFirst()
                        .orElseThrow();
        component.setConfig(new org.keycloak.common.util.MultivaluedHashMap<>());
        configuration.forEach((key, values) -> component.getConfig().put(key, values));
        realm.admin().components().component(component.getId()).update(component);
    }

    private void policies() {
        policies(List.of());
    }

    /**
     * Binds tokens of MCP clients to servers.
     *
     * @param kinds of clients that the policy is for; none for all
     * @param others further policies
     */
    void policies(List<String> kinds, ClientPolicy... others) {
        List<ClientPolicy> all = new ArrayList<>(List.of(others));
        all.add(new ClientPolicy(
                "mcp",
                true,
                Map.of("mcp-client", kinds.isEmpty() ? Map.of() : Map.of("kinds", kinds)),
                Map.of("mcp-resource-indicator", Map.of())));
        ClientPolicy.replace(realm.admin(), all);
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

    /** With an initial access token. */
    Reply registerInvited(Object metadata) {
        String token = realm.admin()
                .clientInitialAccess()
                .create(new ClientInitialAccessCreatePresentation(60, 1))
                .getToken();
        return oauth().postJson(endpoint(), metadata, token);
    }

    /** What the metadata says that clients may ask for, as a {@code scope} parameter. */
    String advertisedScopes() {
        return oauth().metadata()
                .get("scopes_supported")
                .valueStream()
                .map(JsonNode::asText)
                .collect(Collectors.joining(" "));
    }

    /** Moves a time of a client into the past, as an administrator could. */
    void age(String clientId, String attribute, Duration by) {
        realm.admin().clearRealmCache();
        ClientRepresentation client =
                realm.admin().clients().findByClientId(clientId).get(0);
        long then = System.currentTimeMillis() / 1000 - by.toSeconds();
        client.getAttributes().put(attribute, Long.toString(then));
        realm.admin().clients().get(client.getId()).update(client);
    }

    /** An access token of a new user of the realm with an admin role. */
    String administrator(String name, String role) {
        String user = realm.addUser(name, name);
        String management = realm.admin()
                .clients()
                .findByClientId("realm-management")
                .get(0)
                .getId();
        RoleRepresentation granted =
                realm.admin().clients().get(management).roles().get(role).toRepresentation();
        realm.admin().users().get(user).roles().clientLevel(management).add(List.of(granted));
        return realm.oauth()
                .token(
                        ClientAuth.none("admin-cli"),
                        Form.of("grant_type", "password").with("username", name).with("password", name))
                .expect(200)
                .accessToken();
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

    /**
     * No other grant, no other response type, and PKCE by S256: the client is refused.
     *
     * @param authorization an authorization request that would be fine
     */
    void assertNothingButTheCodeFlow(ClientAuth auth, String accessToken, Form authorization) {
        Form password =
                Form.of("grant_type", "password").with("username", "alice").with("password", "alice");
        assertRefused(oauth().clientCredentials(auth, Form.empty()), 401, "unauthorized_client");
        assertRefused(oauth().token(auth, password), 400, "unauthorized_client");
        assertRefused(oauth().exchange(auth, accessToken, Form.empty()), 400, "invalid_request");
        assertRefused(oauth().post(oauth().endpoint("auth/device"), auth, Form.empty()), 400, "unauthorized_client");
        Form plain = authorization.with("code_challenge", "a".repeat(43)).with("code_challenge_method", "plain");
        assertThat(errorOf(authorization.with("response_type", "token"))).isEqualTo("unauthorized_client");
        assertThat(errorOf(authorization.with("code_challenge_method", ""))).isEqualTo("invalid_request");
        assertThat(errorOf(plain)).isEqualTo("invalid_request");
    }

    private static void assertRefused(Reply reply, int status, String error) {
        assertThat(reply.status()).as(reply.toString()).isEqualTo(status);
        assertThat(reply.error()).isEqualTo(error);
    }

    private String errorOf(Form authorization) {
        return oauth().authorize(authorization).callback().get("error");
    }

    /** The client ids of all clients, registered or not, in pages. */
    Set<String> clientIds() {
        Set<String> ids = new HashSet<>();
        List<ClientRepresentation> page;
        int first = 0;
        do {
            page = realm.admin().clients().findAll(null, null, null, first, 1000);
            page.forEach(client -> ids.add(client.getClientId()));
            first += page.size();
        } while (!page.isEmpty());
        return ids;
    }

    static String write(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

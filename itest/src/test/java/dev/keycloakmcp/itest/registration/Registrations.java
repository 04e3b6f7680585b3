package dev.keycloakmcp.itest.registration;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.RealmBuilder;
import dev.keycloakmcp.itest.realm.Registration;
import dev.keycloakmcp.itest.server.ClientPolicy;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A realm with two MCP servers that lets MCP clients register. */
final class Registrations extends TestRealm {

    static final String SERVER = "https://mcp.example.com/mcp";
    static final String OTHER = "https://other.example.com/mcp";
    static final String CALLBACK = "http://localhost:8090/callback";

    private Registrations(TestRealm realm) {
        super(realm);
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
        Registrations registrations = new Registrations(RealmBuilder.realm()
                .scopes("mcp:read", "mcp:write", "other:read")
                .clients(server("server", SERVER, "mcp:read", "mcp:write"), server("other", OTHER, "other:read"))
                .registration("anonymous", anonymous)
                .registration("authenticated", authenticated)
                .users("alice")
                .events()
                .addTo(realm));
        registrations.policies(List.of());
        return registrations;
    }

    static Client server(String clientId, String url, String... scopes) {
        return Client.server(clientId, "secret", url, scopes);
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
        ClientPolicy.replace(admin(), all);
    }

    /** A public client with refresh tokens. */
    static Map<String, Object> publicClient(String name) {
        return Registration.publicClient(name, CALLBACK);
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
        String body = metadata instanceof String text ? text : Reply.write(metadata);
        return oauth().send(HttpRequest.newBuilder(endpoint())
                .header("Content-Type", "application/json")
                .header("Origin", origin)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** As a proxy passes it on, which says who asks. */
    Reply registerFrom(String address, Object metadata) {
        return oauth().send(HttpRequest.newBuilder(endpoint())
                .header("Content-Type", "application/json")
                .header("Origin", "http://localhost:6274")
                .header("X-Forwarded-For", address)
                .header("X-Forwarded-Proto", "https")
                .POST(HttpRequest.BodyPublishers.ofString(Reply.write(metadata))));
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
        admin().clearRealmCache();
        long then = System.currentTimeMillis() / 1000 - by.toSeconds();
        change(clientId, client -> client.getAttributes().put(attribute, Long.toString(then)));
    }

    URI endpoint() {
        return Registration.endpoint(this);
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
}

package dev.keycloakmcp.itest.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.keycloak.representations.idm.RealmRepresentation;

/** The realm of the demo, with everything that needs the extension, on servers that have it and that do not. */
final class KeptRealm {

    private static final String REDIRECT = "http://127.0.0.1:4711/callback";
    private static final String POLICIES = "/client-policies/policies";
    private static final String PROFILES = "/client-policies/profiles";

    private static final ClientAuth AGENT = ClientAuth.basic("nightly-agent", "nightly-agent-demo-secret");

    private String name = "";
    private String registered = "";
    private JsonNode policies = MissingNode.getInstance();
    private JsonNode profiles = MissingNode.getInstance();

    /** On a server with the extension. */
    void make(KeycloakServer server) {
        name = TestRealm.load(server, "realm-config/agent-mesh-realm.json").name();
        registered = oauth(server)
                .register("mcp", Map.of("redirect_uris", List.of(REDIRECT), "token_endpoint_auth_method", "none"))
                .expect(201)
                .get("client_id");
        policies = get(server, POLICIES).json();
        profiles = get(server, PROFILES).json();
        assertThat(policies.toString()).contains("mcp-client").doesNotContain("Not in force");
        assertThat(profiles.toString()).contains("mcp-delegation").doesNotContain("Not in force");
        // As the Admin Console saves its pages. The attributes of the realm do not show where policies are stored.
        RealmRepresentation settings = server.admin().realm(name).toRepresentation();
        assertThat(settings.getAttributes().toString()).doesNotContain("mcp-client", "mcp-delegation");
        server.admin().realm(name).update(settings);
    }

    /** On a server with the extension: tokens are for one server, and administrators see the policies that they made. */
    void isGoverned(KeycloakServer server) {
        assertThat(get(server, POLICIES).json()).isEqualTo(policies);
        assertThat(get(server, PROFILES).json()).isEqualTo(profiles);
        assertThat(machineToken(server, Form.empty()).expect(400).error()).isEqualTo("invalid_scope");
        assertThat(audience(machineToken(server, Form.of("scope", "crm:read"))))
                .containsExactly("http://127.0.0.1:8091/mcp");
        assertThat(audience(login(server, "openid crm:read"))).containsExactly("http://127.0.0.1:8091/mcp");
    }

    /** On a server without the extension: nothing of it applies, and nothing fails. */
    void isUsable(KeycloakServer server) {
        assertThat(login(server, "openid").status()).isEqualTo(200);
        assertThat(machineToken(server, Form.empty()).status()).isEqualTo(200);
        Stream.of("", POLICIES, PROFILES, "/clients", "/client-scopes", "/components", "/events/config")
                .forEach(page -> assertThat(get(server, page).status()).as(page).isEqualTo(200));
        put(server, "", get(server, "").body());
        put(server, PROFILES, get(server, PROFILES).body());

        JsonNode seen = get(server, POLICIES).json();
        assertThat(seen.at("/policies/0/name").asText()).isEqualTo("mcp");
        assertThat(seen.at("/policies/0/description").asText()).startsWith("Not in force");
        assertThat(seen.at("/policies/0/conditions")).isEmpty();
        policies = withAnother(policies);
        put(server, POLICIES, withAnother(seen).toString());
    }

    /** The policies and one of Keycloak's own, which an administrator adds while the jars are missing. */
    private static JsonNode withAnother(JsonNode policies) {
        JsonNode all = policies.deepCopy();
        ObjectNode added = ((ArrayNode) all.get("policies")).addObject();
        added.put("name", "meanwhile").put("enabled", true);
        added.putArray("conditions").addObject().put("condition", "any-client").putObject("configuration");
        added.putArray("profiles");
        return all;
    }

    private Reply machineToken(KeycloakServer server, Form extra) {
        return oauth(server).clientCredentials(AGENT, extra);
    }

    /** Alice signs in to the client that registered itself. */
    private Reply login(KeycloakServer server, String scope) {
        Authorization authorization = oauth(server)
                .authorize(Form.of("client_id", registered)
                        .with("redirect_uri", REDIRECT)
                        .with("scope", scope))
                .as("alice", "alice");
        return oauth(server).code(ClientAuth.none(registered), authorization, Form.empty());
    }

    private static List<String> audience(Reply reply) {
        return Jwt.decode(reply.expect(200).accessToken()).audience();
    }

    private OAuthClient oauth(KeycloakServer server) {
        return new OAuthClient(server.realmUri(name));
    }

    private URI admin(KeycloakServer server, String path) {
        return URI.create(server.baseUri() + "/admin/realms/" + name + path);
    }

    private Reply get(KeycloakServer server, String path) {
        return oauth(server).get(admin(server, path), server.adminToken());
    }

    private void put(KeycloakServer server, String path, String body) {
        oauth(server)
                .sendJson("PUT", admin(server, path), body, server.adminToken())
                .expect(204);
    }
}

package dev.keycloakmcp.itest.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import dev.keycloakmcp.itest.oauth.Keys;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.RealmBuilder;
import dev.keycloakmcp.itest.realm.Registration;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.RealmFile;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.ComponentRepresentation;

/** The realm that the documentation says to import, with one more MCP server: {@code notes}. */
final class InteropRealm extends TestRealm {

    static final String SECRET = "secret";

    private static final String[] NOTES = {"notes:read", "notes:write"};
    private static final String[] NOTES_AND_OFFLINE = {"notes:read", "notes:write", "offline_access"};

    private final RSAKey key = Keys.rsa("interop");

    private InteropRealm(TestRealm realm) {
        super(realm);
        RealmBuilder.realm()
                .scopes(NOTES)
                .scopes("desk:use")
                .clients(
                        Client.agent("interop-agent", SECRET).defaults("basic", "notes:read"),
                        Client.agent("interop-agent-jwt", SECRET)
                                .defaults("basic", "notes:read")
                                .keys(new JWKSet(key.toPublicJWK()).toString())
                                .attribute("token.endpoint.auth.signing.alg", "RS256"))
                .addTo(this);
    }

    static InteropRealm on(KeycloakServer server) {
        return new InteropRealm(TestRealm.load(server, RealmFile.AGENT_MESH));
    }

    /** The same scopes, clients and users, without anything that stock Keycloak does not know. */
    static InteropRealm onStock(KeycloakServer server) {
        return new InteropRealm(RealmBuilder.realm()
                .users("alice")
                .scopes("tickets:read")
                .clients(Client.confidential("ticket-api", SECRET))
                .create(server, "stock"));
    }

    /** The private key of {@code interop-agent-jwt}, PEM (PKCS 8). */
    String agentKey() {
        try {
            return "-----BEGIN PRIVATE KEY-----\n"
                    + Base64.getMimeEncoder().encodeToString(key.toPrivateKey().getEncoded())
                    + "\n-----END PRIVATE KEY-----\n";
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Registers a public client where the metadata says, and gives its id. */
    String register(String name, String redirectUri) {
        JsonNode metadata = oauth().get(
                        issuer().resolve("/.well-known/oauth-authorization-server" + issuer().getPath()))
                .expect(200)
                .json();
        URI endpoint = URI.create(metadata.path("registration_endpoint").asText());
        Map<String, Object> client = Map.of(
                "client_name", name, "redirect_uris", List.of(redirectUri), "token_endpoint_auth_method", "none");
        return oauth().postJson(endpoint, client, null).expect(201).get("client_id");
    }

    /** A public client that an administrator made, with the scopes of {@code notes}; gives its id. */
    String application(String clientId, String redirectUri) {
        remove(clientId);
        add(Client.application(clientId, redirectUri).defaults(defaults()).optional(NOTES_AND_OFFLINE));
        return clientId;
    }

    /** The gateway of an agent mesh as an administrator makes it, with a secret and one redirect URI. */
    void gateway() {
        add(Client.confidential("agent-mesh-gateway", SECRET)
                .redirects("http://localhost/api/v1/auth/tool/callback")
                .defaults(defaults())
                .optional(NOTES_AND_OFFLINE));
    }

    /** An MCP server that may also be the client at which its users sign in, and an API that it calls for them. */
    void delegated(URI resource, URI api) {
        remove("notes");
        remove("delegated-mcp-server");
        add(Client.confidential("delegated-mcp-server", SECRET)
                .redirects(resource.resolve("/auth/callback").toString())
                .resource(resource.toString(), "desk:use")
                .exchanges()
                .optional("desk:use", "tickets:read", "offline_access"));
        change("ticket-api", tickets -> tickets.getAttributes().put("resource_url", api.toString()));
    }

    /** What clients made in the Admin Console get. */
    private List<String> defaults() {
        return admin().getDefaultDefaultClientScopes().stream()
                .map(ClientScopeRepresentation::getName)
                .toList();
    }

    /** Sets a key of the policy for clients that register without an account. */
    void registration(String key, List<String> values) {
        ComponentRepresentation policy = Registration.find(this, "anonymous");
        policy.getConfig().put(key, values);
        admin().components().component(policy.getId()).update(policy);
    }

    /** Makes a scope one of those that clients have without asking from their registration on, or an ordinary one again. */
    void giveToAll(String scope, boolean give) {
        if (give) {
            admin().addDefaultDefaultClientScope(scopeId(scope));
            admin().clients().findAll().stream()
                    .filter(client -> client.getAttributes().containsKey("mcp.registration"))
                    .forEach(client -> admin().clients().get(client.getId()).remove());
        } else {
            admin().removeDefaultDefaultClientScope(scopeId(scope));
        }
    }

    private void remove(String clientId) {
        for (ClientRepresentation old : admin().clients().findByClientId(clientId)) {
            admin().clients().get(old.getId()).remove();
        }
    }

    /** Says which URI the MCP server {@code notes} has; there is one at a time. */
    void notesAt(URI resource) {
        remove("notes");
        remove("delegated-mcp-server"); // whose port may be another server's by now
        add(Client.server("notes", SECRET, resource.toString(), NOTES));
    }
}

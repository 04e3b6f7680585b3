package dev.keycloakmcp.itest.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.RealmFile;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.ComponentRepresentation;

/** The realm that the documentation says to import, with one more MCP server: {@code notes}. */
final class InteropRealm implements AutoCloseable {

    static final String SECRET = "secret";

    private static final String POLICIES = "org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy";

    private final TestRealm realm;
    private final RSAKey key;

    private InteropRealm(TestRealm realm, RSAKey key) {
        this.realm = realm;
        this.key = key;
    }

    static InteropRealm on(KeycloakServer server) {
        return with(TestRealm.load(server, RealmFile.AGENT_MESH));
    }

    /** The same scopes, clients and users, without anything that stock Keycloak does not know. */
    static InteropRealm onStock(KeycloakServer server) {
        TestRealm realm = TestRealm.create(server, "stock");
        realm.addUser("alice", "alice");
        scope(realm, "tickets:read");
        ClientRepresentation tickets = new ClientRepresentation();
        tickets.setClientId("ticket-api");
        tickets.setSecret(SECRET);
        tickets.setAttributes(Map.of());
        realm.add(tickets);
        return with(realm);
    }

    private static InteropRealm with(TestRealm realm) {
        scope(realm, "notes:read");
        scope(realm, "notes:write");
        scope(realm, "desk:use");
        try {
            RSAKey key = new RSAKeyGenerator(2048)
                    .keyID("interop")
                    .keyUse(KeyUse.SIGNATURE)
                    .generate();
            InteropRealm interop = new InteropRealm(realm, key);
            interop.agent("interop-agent", client -> client.setSecret(SECRET));
            interop.agent("interop-agent-jwt", client -> {
                client.setClientAuthenticatorType("client-jwt");
                client.setAttributes(Map.of(
                        "use.jwks.string", "true",
                        "jwks.string", new JWKSet(key.toPublicJWK()).toString(),
                        "token.endpoint.auth.signing.alg", "RS256"));
            });
            return interop;
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private void agent(String clientId, Consumer<ClientRepresentation> details) {
        ClientRepresentation agent = new ClientRepresentation();
        agent.setClientId(clientId);
        agent.setStandardFlowEnabled(false);
        agent.setServiceAccountsEnabled(true);
        agent.setDefaultClientScopes(List.of("basic", "notes:read"));
        details.accept(agent);
        realm.add(agent);
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

    private static void scope(TestRealm realm, String name) {
        ClientScopeRepresentation scope = new ClientScopeRepresentation();
        scope.setName(name);
        scope.setProtocol("openid-connect");
        scope.setAttributes(Map.of("include.in.token.scope", "true"));
        realm.add(scope);
    }

    /** Registers a public client where the metadata says, and gives its id. */
    String register(String name, String redirectUri) {
        URI issuer = oauth().issuer();
        JsonNode metadata = oauth().get(issuer.resolve("/.well-known/oauth-authorization-server" + issuer.getPath()))
                .expect(200)
                .json();
        return oauth().postJson(
                        URI.create(metadata.path("registration_endpoint").asText()),
                        Map.of(
                                "client_name",
                                name,
                                "redirect_uris",
                                List.of(redirectUri),
                                "token_endpoint_auth_method",
                                "none"),
                        null)
                .expect(201)
                .get("client_id");
    }

    /** A public client that an administrator made, with the scopes of {@code notes}; gives its id. */
    String application(String clientId, String redirectUri) {
        remove(clientId);
        ClientRepresentation application = new ClientRepresentation();
        application.setClientId(clientId);
        application.setPublicClient(true);
        application.setRedirectUris(List.of(redirectUri));
        application.setDefaultClientScopes(defaults());
        application.setOptionalClientScopes(List.of("notes:read", "notes:write", "offline_access"));
        realm.add(application);
        return clientId;
    }

    /** The gateway of an agent mesh as an administrator makes it, with a secret and one redirect URI. */
    void gateway() {
        ClientRepresentation gateway = new ClientRepresentation();
        gateway.setClientId("agent-mesh-gateway");
        gateway.setSecret(SECRET);
        gateway.setRedirectUris(List.of("http://localhost/api/v1/auth/tool/callback"));
        gateway.setDefaultClientScopes(defaults());
        gateway.setOptionalClientScopes(List.of("notes:read", "notes:write", "offline_access"));
        realm.add(gateway);
    }

    /** An MCP server that may also be the client at which its users sign in, and an API that it calls for them. */
    void delegated(URI resource, URI api) {
        remove("notes");
        remove("delegated-mcp-server");
        ClientRepresentation server = new ClientRepresentation();
        server.setClientId("delegated-mcp-server");
        server.setSecret(SECRET);
        server.setRedirectUris(List.of(resource.resolve("/auth/callback").toString()));
        server.setOptionalClientScopes(List.of("desk:use", "tickets:read", "offline_access"));
        server.setAttributes(Map.of(
                "resource_url", resource.toString(),
                "mcp.scopes", "desk:use",
                "standard.token.exchange.enabled", "true"));
        realm.add(server);
        ClientRepresentation tickets =
                realm.admin().clients().findByClientId("ticket-api").get(0);
        tickets.getAttributes().put("resource_url", api.toString());
        realm.admin().clients().get(tickets.getId()).update(tickets);
    }

    /** Her user id. */
    String alice() {
        return realm.admin().users().searchByUsername("alice", true).get(0).getId();
    }

    OAuthClient oauth() {
        return realm.oauth();
    }

    /** What clients made in the Admin Console get. */
    private List<String> defaults() {
        return realm.admin().getDefaultDefaultClientScopes().stream()
                .map(ClientScopeRepresentation::getName)
                .toList();
    }

    /** Which servers clients that register without an account may use; empty for all. */
    void registeredClientsMayUse(List<String> servers) {
        for (ComponentRepresentation policy : realm.admin().components().query(null, POLICIES)) {
            if (policy.getProviderId().equals("mcp-client-registration")
                    && policy.getSubType().equals("anonymous")) {
                policy.getConfig().put("allowed-resources", servers);
                realm.admin().components().component(policy.getId()).update(policy);
            }
        }
    }

    /** Makes a scope one of those that clients have without asking from their registration on, or an ordinary one again. */
    void giveToAll(String scope, boolean give) {
        String id = realm.scopeId(scope);
        if (give) {
            realm.admin().addDefaultDefaultClientScope(id);
            realm.admin().clients().findAll().stream()
                    .filter(client -> client.getAttributes().containsKey("mcp.registration"))
                    .forEach(client ->
                            realm.admin().clients().get(client.getId()).remove());
        } else {
            realm.admin().removeDefaultDefaultClientScope(id);
        }
    }

    private void remove(String clientId) {
        for (ClientRepresentation old : realm.admin().clients().findByClientId(clientId)) {
            realm.admin().clients().get(old.getId()).remove();
        }
    }

    /** Says which URI the MCP server {@code notes} has; there is one at a time. */
    void notesAt(URI resource) {
        remove("notes");
        remove("delegated-mcp-server"); // whose port may be another server's by now
        ClientRepresentation notes = new ClientRepresentation();
        notes.setClientId("notes");
        notes.setSecret(SECRET);
        notes.setStandardFlowEnabled(false);
        notes.setAttributes(Map.of("resource_url", resource.toString(), "mcp.scopes", "notes:read notes:write"));
        realm.add(notes);
    }

    @Override
    public void close() {
        realm.close();
    }
}

package dev.keycloakmcp.itest.delegation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.AgentRealm;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.keycloak.admin.client.resource.ProtocolMappersResource;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;
import org.keycloak.representations.idm.authorization.PolicyEnforcementMode;
import org.keycloak.representations.idm.authorization.ResourceRepresentation;
import org.keycloak.representations.idm.authorization.ResourceServerRepresentation;

/**
 * A mesh with two agents {@code gateway} and {@code specialist}, the MCP server {@code crm}, and the APIs {@code
 * tickets}, {@code archive} and {@code vault}.
 */
final class DelegationRealm extends AgentRealm {

    static final List<String> SERVERS = List.of("gateway", "specialist", "crm", "tickets", "archive", "vault");
    static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
    static final String REFRESH_TOKEN = "urn:ietf:params:oauth:token-type:refresh_token";

    DelegationRealm(TestRealm realm) {
        super(realm);
    }

    static DelegationRealm create(TestRealm realm) {
        DelegationRealm mesh = new DelegationRealm(parts(SERVERS)
                .events(
                        "LOGIN",
                        "CODE_TO_TOKEN",
                        "REFRESH_TOKEN",
                        "TOKEN_EXCHANGE",
                        "CLIENT_LOGIN",
                        "PERMISSION_TOKEN",
                        "OAUTH2_EXTENSION_GRANT",
                        "JWT_AUTHORIZATION_GRANT")
                .scopes("crm:admin")
                .users("alice", "bob")
                .addTo(realm));
        mesh.admin().addDefaultDefaultClientScope(mesh.scopeId("mcp-actor"));
        mesh.change("crm", crm -> crm.getAttributes().put("mcp.scopes", "crm:use crm:admin"));
        mesh.policy(Map.of());
        return mesh;
    }

    static Client agent(String clientId) {
        return agent(clientId, SERVERS);
    }

    /** Gives the delegation executor a configuration; the two others stay on defaults. */
    void policy(Map<String, ?> delegation) {
        executors(Map.of(
                "mcp-resource-indicator", Map.of(),
                "mcp-client-credentials", Map.of(),
                "mcp-delegation", delegation));
    }

    /** Adds a mapper to a client and returns what to do to take it away. */
    Runnable addMapper(String clientId, ProtocolMapperRepresentation mapper) {
        ProtocolMappersResource mappers = clientResource(clientId).getProtocolMappers();
        mappers.createMapper(mapper).close();
        return () -> mappers.getMappers().stream()
                .filter(added -> added.getName().equals(mapper.getName()))
                .forEach(added -> mappers.delete(added.getId()));
    }

    /** Adds a resource server with a resource {@code thing} that everybody may use. */
    void umaServer(String clientId) {
        Client uma = Client.confidential(clientId, clientId).serviceAccount();
        uma.setAuthorizationServicesEnabled(true);
        ResourceServerRepresentation settings = new ResourceServerRepresentation();
        settings.setPolicyEnforcementMode(PolicyEnforcementMode.DISABLED);
        settings.setResources(List.of(new ResourceRepresentation("thing")));
        uma.setAuthorizationSettings(settings);
        add(uma);
    }

    /** Takes the actor mapper away from a client and returns what to do to give it back. */
    Runnable withoutActorMapper(String clientId) {
        String scope = scopeId("mcp-actor");
        clientResource(clientId).removeDefaultClientScope(scope);
        return () -> clientResource(clientId).addDefaultClientScope(scope);
    }

    /** Puts a client id into the audience of tokens that no policy binds, as stock Keycloak wants it for an exchange. */
    Runnable stockAudience(String clientId, String audience) {
        return addMapper(clientId, audience("audience-" + audience, audience));
    }

    /** Puts a client id into the audience. */
    static ProtocolMapperRepresentation audience(String name, String clientId) {
        return Scope.mapper(
                name,
                "oidc-audience-mapper",
                Map.of("included.client.audience", clientId, "access.token.claim", "true"));
    }

    /** The user's token for a server, by password: nobody acts yet. */
    String direct(String user, String server, String scope) {
        return password(user, target(server, scope)).expect(200).accessToken();
    }

    String direct(String user, String server) {
        return direct(user, server, server + ":use");
    }

    /** Signs a user in at the app, which then acts, for a server. */
    Reply signIn(String user, String server, String scope) {
        return signIn(user, target(server, scope)).expect(200);
    }

    String machine(String client, String server) {
        return machine(client, target(server)).expect(200).accessToken();
    }

    /** An access token as an assertion (RFC 7523), for {@code crm}. */
    static Form assertion(String token) {
        return Form.of("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
                .with("assertion", token)
                .and(target("crm"));
    }

    static Form actor(String token) {
        return Form.of("actor_token", token).with("actor_token_type", ACCESS_TOKEN);
    }

    /** Client ids of the chain, newest first. */
    static List<String> chain(JsonNode act) {
        List<String> chain = new ArrayList<>();
        for (JsonNode at = act; at.isObject(); at = at.path("act")) {
            chain.add(at.path("client_id").asText());
        }
        return chain;
    }

    static List<String> chain(Reply reply) {
        return chain(Jwt.decode(reply.expect(200).accessToken()).claims().path("act"));
    }

    Map<String, Long> sessions() {
        Map<String, Long> sessions = new HashMap<>();
        admin().getClientSessionStats()
                .forEach(stats -> sessions.put(stats.get("clientId"), Long.valueOf(stats.get("active"))));
        return sessions;
    }
}

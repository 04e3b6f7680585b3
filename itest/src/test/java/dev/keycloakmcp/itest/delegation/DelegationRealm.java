package dev.keycloakmcp.itest.delegation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.ClientPolicy;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.keycloak.admin.client.resource.ProtocolMappersResource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.EventRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;

/**
 * A mesh of agents: the user's app {@code desk}, two agents {@code gateway} and {@code specialist}, the MCP server {@code
 * crm}, and the APIs {@code tickets}, {@code archive} and {@code vault}. Each is a target with one scope of its own, {@code <name>:use},
 * that all of them may ask for, and each but the app exchanges tokens.
 */
final class DelegationRealm {

    static final List<String> SERVERS = List.of("gateway", "specialist", "crm", "tickets", "archive", "vault");
    static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
    static final String REFRESH_TOKEN = "urn:ietf:params:oauth:token-type:refresh_token";
    static final String REDIRECT = "https://desk.example/callback";

    private static final ObjectMapper JSON = new ObjectMapper();

    final TestRealm realm;
    final OAuthClient oauth;

    DelegationRealm(TestRealm realm) {
        this.realm = realm;
        this.oauth = realm.oauth();
    }

    static DelegationRealm create(TestRealm realm) {
        DelegationRealm mesh = new DelegationRealm(realm);
        RealmRepresentation settings = realm.admin().toRepresentation();
        settings.setEventsEnabled(true);
        settings.setEnabledEventTypes(Stream.of(
                        "LOGIN",
                        "CODE_TO_TOKEN",
                        "REFRESH_TOKEN",
                        "TOKEN_EXCHANGE",
                        "CLIENT_LOGIN",
                        "PERMISSION_TOKEN",
                        "OAUTH2_EXTENSION_GRANT",
                        "JWT_AUTHORIZATION_GRANT")
                .flatMap(type -> Stream.of(type, type + "_ERROR"))
                .toList());
        settings.setAccessTokenLifespan(3600);
        realm.admin().update(settings);
        ClientScopeRepresentation actor = scope("mcp-actor", false);
        actor.setProtocolMappers(List.of(mapper(
                "actor",
                "oidc-mcp-actor-mapper",
                Map.of("access.token.claim", "true", "introspection.token.claim", "true"))));
        String actorScope = realm.add(actor);
        realm.admin().addDefaultDefaultClientScope(actorScope);
        SERVERS.forEach(name -> realm.add(scope(name + ":use", true)));
        realm.add(scope("crm:admin", true));
        SERVERS.forEach(name -> realm.add(server(name)));
        realm.add(desk());
        realm.addUser("alice", "alice");
        realm.addUser("bob", "bob");
        mesh.policy(Map.of());
        return mesh;
    }

    static ClientScopeRepresentation scope(String name, boolean inToken) {
        ClientScopeRepresentation scope = new ClientScopeRepresentation();
        scope.setName(name);
        scope.setProtocol("openid-connect");
        scope.setAttributes(Map.of("include.in.token.scope", String.valueOf(inToken)));
        return scope;
    }

    static ProtocolMapperRepresentation mapper(String name, String type, Map<String, String> config) {
        ProtocolMapperRepresentation mapper = new ProtocolMapperRepresentation();
        mapper.setName(name);
        mapper.setProtocol("openid-connect");
        mapper.setProtocolMapper(type);
        mapper.setConfig(new HashMap<>(config));
        return mapper;
    }

    static List<String> allScopes() {
        List<String> scopes =
                new ArrayList<>(SERVERS.stream().map(name -> name + ":use").toList());
        scopes.add("offline_access");
        return scopes;
    }

    /** A confidential client with a service account that exchanges tokens. */
    static ClientRepresentation agent(String clientId) {
        ClientRepresentation client = new ClientRepresentation();
        client.setClientId(clientId);
        client.setSecret(clientId);
        client.setStandardFlowEnabled(false);
        client.setServiceAccountsEnabled(true);
        client.setFullScopeAllowed(false);
        client.setDefaultClientScopes(List.of("basic", "mcp-actor"));
        client.setOptionalClientScopes(allScopes());
        client.setAttributes(new HashMap<>(Map.of("standard.token.exchange.enabled", "true")));
        return client;
    }

    private static ClientRepresentation server(String name) {
        ClientRepresentation client = agent(name);
        client.getAttributes().put("resource_url", uri(name));
        client.getAttributes().put("mcp.scopes", name.equals("crm") ? "crm:use crm:admin" : name + ":use");
        return client;
    }

    private static ClientRepresentation desk() {
        ClientRepresentation client = new ClientRepresentation();
        client.setClientId("desk");
        client.setPublicClient(true);
        client.setDirectAccessGrantsEnabled(true);
        client.setRedirectUris(List.of(REDIRECT));
        client.setFullScopeAllowed(false);
        client.setDefaultClientScopes(List.of("basic", "mcp-actor"));
        client.setOptionalClientScopes(allScopes());
        return client;
    }

    static String uri(String server) {
        return "https://" + server + ".example/mcp";
    }

    /** What the mesh's client needs to be known. */
    static ClientAuth as(String client) {
        return client.equals("desk") ? ClientAuth.none("desk") : ClientAuth.basic(client, client);
    }

    /** Gives the delegation executor a configuration; the two others stay on defaults. */
    void policy(Map<String, ?> delegation) {
        executors(Map.of(
                "mcp-resource-indicator", Map.of(),
                "mcp-client-credentials", Map.of(),
                "mcp-delegation", delegation));
    }

    void executors(Map<String, Map<String, ?>> executors) {
        ClientPolicy.replace(realm.admin(), List.of(ClientPolicy.mcp(executors)));
    }

    ClientRepresentation client(String clientId) {
        return realm.admin().clients().findByClientId(clientId).get(0);
    }

    /** Changes a client and returns what to do to change it back. */
    Runnable change(String clientId, Consumer<ClientRepresentation> change) {
        ClientRepresentation client = client(clientId);
        ClientRepresentation before = client(clientId);
        change.accept(client);
        realm.admin().clients().get(client.getId()).update(client);
        // An update leaves attributes alone that it does not name; an empty one it removes.
        client.getAttributes().keySet().forEach(key -> before.getAttributes().putIfAbsent(key, ""));
        return () -> realm.admin().clients().get(client.getId()).update(before);
    }

    /** Adds a mapper to a client and returns what to do to take it away. */
    Runnable addMapper(String clientId, ProtocolMapperRepresentation mapper) {
        ProtocolMappersResource mappers =
                realm.admin().clients().get(client(clientId).getId()).getProtocolMappers();
        mappers.createMapper(mapper).close();
        return () -> mappers.getMappers().stream()
                .filter(added -> added.getName().equals(mapper.getName()))
                .forEach(added -> mappers.delete(added.getId()));
    }

    /** Takes the actor mapper away from a client and returns what to do to give it back. */
    Runnable withoutActorMapper(String clientId) {
        String scope = realm.admin().clientScopes().findAll().stream()
                .filter(candidate -> candidate.getName().equals("mcp-actor"))
                .findFirst()
                .orElseThrow()
                .getId();
        var client = realm.admin().clients().get(client(clientId).getId());
        client.removeDefaultClientScope(scope);
        return () -> client.addDefaultClientScope(scope);
    }

    /** Puts a client id into the audience of tokens that no policy binds, as stock Keycloak wants it for an exchange. */
    Runnable stockAudience(String clientId, String audience) {
        return addMapper(
                clientId,
                mapper(
                        "audience-" + audience,
                        "oidc-audience-mapper",
                        Map.of("included.client.audience", audience, "access.token.claim", "true")));
    }

    /** What the actor says as {@code sub}. */
    String account(String clientId) {
        return realm.admin()
                .clients()
                .get(client(clientId).getId())
                .getServiceAccountUser()
                .getId();
    }

    /** The user's token for a server, by password: nobody acts yet. */
    String direct(String user, String server, String scope) {
        return oauth.token(
                        as("desk"),
                        Form.of("grant_type", "password")
                                .with("username", user)
                                .with("password", user)
                                .with("resource", uri(server))
                                .with("scope", scope))
                .expect(200)
                .accessToken();
    }

    String direct(String user, String server) {
        return direct(user, server, server + ":use");
    }

    /** Signs a user in at the app, which then acts, for a server. */
    Reply signIn(String user, String server, String scope) {
        return oauth.code(
                        as("desk"),
                        oauth.authorize(Form.of("client_id", "desk")
                                        .with("redirect_uri", REDIRECT)
                                        .with("scope", scope)
                                        .with("resource", uri(server)))
                                .as(user, user),
                        Form.empty())
                .expect(200);
    }

    String machine(String client, String server) {
        return oauth.clientCredentials(
                        as(client), Form.of("resource", uri(server)).with("scope", server + ":use"))
                .expect(200)
                .accessToken();
    }

    Reply exchange(String client, String subject, String server) {
        return exchange(client, subject, target(server));
    }

    Reply exchange(String client, String subject, Form extra) {
        return oauth.exchange(as(client), subject, extra);
    }

    static Form target(String server) {
        return Form.of("resource", uri(server)).with("scope", server + ":use");
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

    /** The newest event. */
    EventRepresentation lastEvent() {
        return realm.admin().getEvents(null, null, null, null, null, null, 0, 1).get(0);
    }

    /** Ids of the newest events. */
    List<String> lastEvents() {
        return realm.admin().getEvents(null, null, null, null, null, null, 0, 5).stream()
                .map(EventRepresentation::getId)
                .toList();
    }

    Map<String, Long> sessions() {
        Map<String, Long> sessions = new HashMap<>();
        realm.admin()
                .getClientSessionStats()
                .forEach(stats -> sessions.put(stats.get("clientId"), Long.valueOf(stats.get("active"))));
        return sessions;
    }
}

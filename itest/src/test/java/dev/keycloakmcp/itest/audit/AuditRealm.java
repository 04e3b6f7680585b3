package dev.keycloakmcp.itest.audit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.ClientPolicy;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.ComponentExportRepresentation;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/**
 * A realm with an audit trail: the users' app {@code desk}, the agents {@code gateway} and {@code specialist}, the MCP
 * servers {@code crm} and {@code billing}, and registration for everybody. All but the app are targets with one scope of
 * their own, {@code <name>:use}, and exchange tokens.
 */
final class AuditRealm implements AutoCloseable {

    static final List<String> SERVERS = List.of("gateway", "specialist", "crm", "billing");
    static final String REDIRECT = "https://desk.example/callback";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern NEXT = Pattern.compile("<([^>]+)>; *rel=\"?next\"?");

    final TestRealm realm;
    final OAuthClient oauth;

    private AuditRealm(TestRealm realm) {
        this.realm = realm;
        this.oauth = realm.oauth();
    }

    static AuditRealm create(KeycloakServer server, List<String> users) {
        return create(server, users, realm -> {});
    }

    static AuditRealm create(KeycloakServer server, List<String> users, Consumer<RealmRepresentation> change) {
        RealmRepresentation realm = new RealmRepresentation();
        realm.setRealm("audit-" + OAuthClient.random(6).replaceAll("[^A-Za-z0-9]", "x"));
        realm.setEnabled(true);
        realm.setEventsListeners(List.of("jboss-logging", "mcp-audit"));
        realm.setAccessTokenLifespan(3600);
        realm.setAttributes(new HashMap<>(Map.of("CreateDefaultClientScopes", "true")));
        List<ClientScopeRepresentation> scopes = new ArrayList<>(
                SERVERS.stream().map(name -> scope(name + ":use", true)).toList());
        ClientScopeRepresentation actor = scope("mcp-actor", false);
        ProtocolMapperRepresentation mapper = new ProtocolMapperRepresentation();
        mapper.setName("actor");
        mapper.setProtocol("openid-connect");
        mapper.setProtocolMapper("oidc-mcp-actor-mapper");
        mapper.setConfig(Map.of("access.token.claim", "true", "introspection.token.claim", "true"));
        actor.setProtocolMappers(List.of(mapper));
        scopes.add(actor);
        realm.setClientScopes(scopes);
        List<ClientRepresentation> clients =
                new ArrayList<>(SERVERS.stream().map(AuditRealm::server).toList());
        clients.add(desk());
        realm.setClients(clients);
        realm.setUsers(users.stream().map(AuditRealm::user).toList());
        policy("enforce").into(realm);
        ComponentExportRepresentation registration = new ComponentExportRepresentation();
        registration.setName("MCP");
        registration.setProviderId("mcp-client-registration");
        registration.setSubType("anonymous");
        registration.setConfig(new MultivaluedHashMap<>(Map.of("max-registrations-per-source", List.of("0"))));
        MultivaluedHashMap<String, ComponentExportRepresentation> components = new MultivaluedHashMap<>();
        components.add("org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy", registration);
        realm.setComponents(components);
        change.accept(realm);
        return new AuditRealm(TestRealm.create(server, realm));
    }

    static ClientScopeRepresentation scope(String name, boolean inToken) {
        ClientScopeRepresentation scope = new ClientScopeRepresentation();
        scope.setName(name);
        scope.setProtocol("openid-connect");
        scope.setAttributes(Map.of("include.in.token.scope", String.valueOf(inToken)));
        return scope;
    }

    private static ClientRepresentation client(String clientId) {
        ClientRepresentation client = new ClientRepresentation();
        client.setClientId(clientId);
        client.setSecret(clientId);
        client.setStandardFlowEnabled(false);
        client.setFullScopeAllowed(false);
        client.setDefaultClientScopes(List.of("basic", "mcp-actor"));
        List<String> scopes =
                new ArrayList<>(SERVERS.stream().map(name -> name + ":use").toList());
        scopes.add("offline_access");
        client.setOptionalClientScopes(scopes);
        client.setAttributes(new HashMap<>(Map.of("standard.token.exchange.enabled", "true")));
        return client;
    }

    private static ClientRepresentation server(String name) {
        ClientRepresentation client = client(name);
        client.setServiceAccountsEnabled(true);
        client.getAttributes().put("resource_url", uri(name));
        client.getAttributes().put("mcp.scopes", name + ":use");
        return client;
    }

    private static ClientRepresentation desk() {
        ClientRepresentation client = client("desk");
        client.setSecret(null);
        client.setPublicClient(true);
        client.setStandardFlowEnabled(true);
        client.setDirectAccessGrantsEnabled(true);
        client.setRedirectUris(List.of(REDIRECT));
        client.setAttributes(new HashMap<>());
        return client;
    }

    private static UserRepresentation user(String name) {
        CredentialRepresentation password = new CredentialRepresentation();
        password.setType(CredentialRepresentation.PASSWORD);
        password.setValue(name);
        UserRepresentation user = new UserRepresentation();
        user.setUsername(name);
        user.setEnabled(true);
        user.setEmail(name.replaceAll("[^a-z0-9]", "x") + "@example.org");
        user.setEmailVerified(true);
        user.setFirstName("Test");
        user.setLastName("Example");
        user.setCredentials(List.of(password));
        return user;
    }

    static ClientPolicy policy(String enforcement) {
        Map<String, Map<String, ?>> executors = new LinkedHashMap<>();
        List.of("mcp-resource-indicator", "mcp-client-credentials", "mcp-delegation")
                .forEach(id -> executors.put(id, Map.of("enforcement", enforcement)));
        return ClientPolicy.mcp(executors);
    }

    static String uri(String server) {
        return "https://" + server + ".example/mcp";
    }

    static ClientAuth as(String client) {
        return client.equals("desk") ? ClientAuth.none("desk") : ClientAuth.basic(client, client);
    }

    static Form target(String server) {
        return Form.of("resource", uri(server)).with("scope", server + ":use");
    }

    /** What happens. */
    Reply signIn(String user, String server) {
        return oauth.code(
                as("desk"),
                oauth.authorize(Form.of("client_id", "desk")
                                .with("redirect_uri", REDIRECT)
                                .and(target(server)))
                        .as(user, user),
                Form.empty());
    }

    Reply password(String user, Form target) {
        return oauth.token(
                as("desk"),
                Form.of("grant_type", "password")
                        .with("username", user)
                        .with("password", user)
                        .and(target));
    }

    Reply machine(String agent, Form target) {
        return oauth.clientCredentials(as(agent), target);
    }

    Reply exchange(String actor, String token, String server) {
        return oauth.exchange(as(actor), token, target(server));
    }

    Reply register(String name) {
        Map<String, Object> metadata = new HashMap<>();
        metadata.put("client_name", name);
        metadata.put("redirect_uris", List.of("http://127.0.0.1/callback"));
        metadata.put("token_endpoint_auth_method", "none");
        return oauth.register("mcp", metadata);
    }

    /** Below {@code /admin/realms/{realm}/mcp/}. */
    URI uriOf(String path) {
        return URI.create(realm.server().baseUri() + "/admin/realms/" + realm.name() + "/mcp/" + path);
    }

    String adminToken() {
        return realm.server().admin().tokenManager().getAccessTokenString();
    }

    Reply ask(String path) {
        return oauth.get(uriOf(path), adminToken());
    }

    /** All rows that meet a query, newest first. */
    List<JsonNode> rows(String query) {
        List<JsonNode> rows = new ArrayList<>();
        Optional<URI> next = Optional.of(uriOf("delegations" + query));
        while (next.isPresent()) {
            Reply page = oauth.get(next.get(), adminToken()).expect(200);
            page.json().forEach(rows::add);
            next = next(page);
        }
        return rows;
    }

    static Optional<URI> next(Reply page) {
        return page.headers()
                .firstValue("Link")
                .map(NEXT::matcher)
                .filter(Matcher::find)
                .map(link -> URI.create(link.group(1)));
    }

    static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    ClientRepresentation find(String clientId) {
        return realm.admin().clients().findByClientId(clientId).get(0);
    }

    String userId(String username) {
        return realm.admin().users().searchByUsername(username, true).get(0).getId();
    }

    /** The token of an administrator of this realm with some roles. */
    String administrator(String name, String... roles) {
        String user = realm.addUser(name, name);
        String management = find("realm-management").getId();
        for (String role : roles) {
            RoleRepresentation granted =
                    realm.admin().clients().get(management).roles().get(role).toRepresentation();
            realm.admin().users().get(user).roles().clientLevel(management).add(List.of(granted));
        }
        return oauth.token(
                        ClientAuth.none("admin-cli"),
                        Form.of("grant_type", "password").with("username", name).with("password", name))
                .expect(200)
                .accessToken();
    }

    @Override
    public void close() {
        realm.close();
    }
}

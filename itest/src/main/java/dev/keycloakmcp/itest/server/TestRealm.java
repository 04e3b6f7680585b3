package dev.keycloakmcp.itest.server;

import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.keycloak.admin.client.CreatedResponseUtil;
import org.keycloak.admin.client.resource.ClientResource;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.admin.client.resource.RolesResource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.EventRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** A realm with a name that no other test has, gone when closed. */
public class TestRealm implements AutoCloseable {

    private static final SecureRandom RANDOM = new SecureRandom();

    private final KeycloakServer server;
    private final String name;
    private final OAuthClient oauth;

    private TestRealm(KeycloakServer server, String name) {
        this.server = server;
        this.name = name;
        this.oauth = new OAuthClient(server.realmUri(name));
    }

    /** The same realm, for a fixture that knows what is in it. */
    protected TestRealm(TestRealm realm) {
        this.server = realm.server;
        this.name = realm.name;
        this.oauth = realm.oauth;
    }

    /** An enabled realm with nothing but Keycloak's defaults. */
    public static TestRealm create(KeycloakServer server, String namePrefix) {
        RealmRepresentation realm = new RealmRepresentation();
        realm.setRealm(unique(namePrefix));
        realm.setEnabled(true);
        return create(server, realm);
    }

    public static TestRealm create(KeycloakServer server, RealmRepresentation realm) {
        server.admin().realms().create(realm);
        return new TestRealm(server, realm.getRealm());
    }

    /**
     * A realm export under a name of its own.
     *
     * @param file relative to the root of the checkout
     */
    public static TestRealm load(KeycloakServer server, String file) {
        return load(server, file, Map.of());
    }

    /**
     * A realm export under a name of its own.
     *
     * @param file relative to the root of the checkout
     * @param variables for its placeholders; the defaults fill the rest
     */
    public static TestRealm load(KeycloakServer server, String file, Map<String, String> variables) {
        return create(server, RealmFile.copy(file, variables, TestRealm::unique));
    }

    public final String name() {
        return name;
    }

    public final KeycloakServer server() {
        return server;
    }

    public final URI issuer() {
        return server.realmUri(name);
    }

    public final RealmResource admin() {
        return server.admin().realm(name);
    }

    /** Of the admin REST API, below the realm. */
    public final URI adminUri(String path) {
        return URI.create(server.baseUri() + "/admin/realms/" + name + "/" + path);
    }

    /** The same one each time, with its connections. */
    public final OAuthClient oauth() {
        return oauth;
    }

    /** Returns the id. */
    public final String add(ClientRepresentation client) {
        try (Response response = admin().clients().create(client)) {
            return CreatedResponseUtil.getCreatedId(response);
        }
    }

    /** Returns the id. */
    public final String add(ClientScopeRepresentation scope) {
        try (Response response = admin().clientScopes().create(scope)) {
            return CreatedResponseUtil.getCreatedId(response);
        }
    }

    /** A user who can sign in at once; returns the id. */
    public final String addUser(String username, String password) {
        CredentialRepresentation credential = new CredentialRepresentation();
        credential.setType(CredentialRepresentation.PASSWORD);
        credential.setValue(password);
        UserRepresentation user = new UserRepresentation();
        user.setUsername(username);
        user.setEnabled(true);
        user.setEmail(username + "@example.org");
        user.setEmailVerified(true);
        user.setFirstName(username);
        user.setLastName("Example");
        user.setCredentials(List.of(credential));
        try (Response response = admin().users().create(user)) {
            return CreatedResponseUtil.getCreatedId(response);
        }
    }

    // What is in it

    public final ClientRepresentation client(String clientId) {
        return admin().clients().findByClientId(clientId).get(0);
    }

    public final ClientResource clientResource(String clientId) {
        return admin().clients().get(client(clientId).getId());
    }

    /** The user id of the client's service account. */
    public final String serviceAccount(String clientId) {
        return clientResource(clientId).getServiceAccountUser().getId();
    }

    public final String userId(String username) {
        return admin().users().searchByUsername(username, true).get(0).getId();
    }

    /** The newest events of some types, or of all types where none is named; the newest first. */
    public final List<EventRepresentation> events(String... types) {
        return admin().getEvents(List.of(types), null, null, null, null, null, 0, 5);
    }

    // Changes

    public final void settings(Consumer<RealmRepresentation> change) {
        RealmRepresentation settings = admin().toRepresentation();
        change.accept(settings);
        admin().update(settings);
    }

    /** Changes a client and returns what to do to change it back. */
    public final Runnable change(String clientId, Consumer<ClientRepresentation> change) {
        ClientRepresentation client = client(clientId);
        ClientRepresentation before = client(clientId);
        change.accept(client);
        admin().clients().get(client.getId()).update(client);
        // An update leaves attributes alone that it does not name; an empty one it removes.
        client.getAttributes().keySet().forEach(key -> before.getAttributes().putIfAbsent(key, ""));
        return () -> admin().clients().get(client.getId()).update(before);
    }

    /** One policy on all MCP clients, with these executors and their configuration, in place of all that were there. */
    public final void executors(Map<String, ? extends Map<String, ?>> executors) {
        ClientPolicy.replace(admin(), List.of(ClientPolicy.mcp(executors)));
    }

    /** Adds a role to a client and returns what to do to take it away. */
    public final Runnable addRole(String clientId, String name) {
        RolesResource roles = clientResource(clientId).roles();
        RoleRepresentation role = new RoleRepresentation();
        role.setName(name);
        roles.create(role);
        return () -> roles.deleteRole(name);
    }

    /** Gives a user roles of a client. */
    public final void grant(String userId, String clientId, String... roles) {
        ClientResource client = clientResource(clientId);
        admin().users()
                .get(userId)
                .roles()
                .clientLevel(client.toRepresentation().getId())
                .add(Stream.of(roles)
                        .map(role -> client.roles().get(role).toRepresentation())
                        .toList());
    }

    /** Adds a user with roles in the administration of this realm, whose password is the name. */
    public final void addAdministrator(String username, String... roles) {
        grant(addUser(username, username), "realm-management", roles);
    }

    /** Adds such a user; returns an access token. */
    public final String administrator(String username, String... roles) {
        addAdministrator(username, roles);
        return oauth.token(
                        ClientAuth.none("admin-cli"),
                        Form.of("grant_type", "password")
                                .with("username", username)
                                .with("password", username))
                .expect(200)
                .accessToken();
    }

    @Override
    public final void close() {
        if (server.isRunning()) {
            admin().remove();
        }
    }

    private static String unique(String prefix) {
        byte[] bytes = new byte[4];
        RANDOM.nextBytes(bytes);
        return prefix + "-" + HexFormat.of().formatHex(bytes);
    }
}

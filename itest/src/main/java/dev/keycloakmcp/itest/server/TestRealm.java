package dev.keycloakmcp.itest.server;

import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import java.net.URI;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Map;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.RealmRepresentation;

/** A realm with a name that no other test has, gone when closed. */
public class TestRealm extends RealmAdmin implements AutoCloseable {

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

    @Override
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

    /** Adds a user with roles in the administration of this realm, whose password is the name. */
    public final void addAdministrator(String username, String... roles) {
        grant(addUser(username, username), "realm-management", roles);
    }

    /** Adds such a user; returns an access token. */
    public final String administrator(String username, String... roles) {
        addAdministrator(username, roles);
        return oauth.token(ClientAuth.none("admin-cli"), Form.password(username, username))
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

package dev.keycloakmcp.itest.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.keycloak.admin.client.CreatedResponseUtil;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.CredentialRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.UserRepresentation;

/** A realm with a name that no other test has, gone when closed. */
public final class TestRealm implements AutoCloseable {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final ObjectMapper JSON =
            new ObjectMapper().configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, false);

    private final KeycloakServer server;
    private final String name;
    private final OAuthClient oauth;

    private TestRealm(KeycloakServer server, String name) {
        this.server = server;
        this.name = name;
        this.oauth = new OAuthClient(server.realmUri(name));
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
        try {
            String text = RealmFile.read(file, variables);
            String original = JSON.readTree(text).required("realm").asText();
            String name = unique(original);
            RealmRepresentation realm = JSON.readValue(
                    text.replace("default-roles-" + original, "default-roles-" + name)
                            .replace("/realms/" + original + "/", "/realms/" + name + "/"),
                    RealmRepresentation.class);
            realm.setId(null);
            realm.setRealm(name);
            return create(server, realm);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + " is no realm export", e);
        }
    }

    public String name() {
        return name;
    }

    public KeycloakServer server() {
        return server;
    }

    public URI issuer() {
        return server.realmUri(name);
    }

    public RealmResource admin() {
        return server.admin().realm(name);
    }

    /** The same one each time, with its connections. */
    public OAuthClient oauth() {
        return oauth;
    }

    /** Returns the id. */
    public String add(ClientRepresentation client) {
        try (Response response = admin().clients().create(client)) {
            return CreatedResponseUtil.getCreatedId(response);
        }
    }

    /** Returns the id. */
    public String add(ClientScopeRepresentation scope) {
        try (Response response = admin().clientScopes().create(scope)) {
            return CreatedResponseUtil.getCreatedId(response);
        }
    }

    /** A user who can sign in at once; returns the id. */
    public String addUser(String username, String password) {
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

    @Override
    public void close() {
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

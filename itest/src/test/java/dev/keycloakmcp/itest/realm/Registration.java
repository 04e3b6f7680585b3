package dev.keycloakmcp.itest.realm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.TestRealm;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.representations.idm.ClientInitialAccessCreatePresentation;
import org.keycloak.representations.idm.ComponentRepresentation;

/** The policy {@code mcp-client-registration} of a realm, for one kind of registration. */
public final class Registration {

    private static final String TYPE = "org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy";
    private static final String MCP = "mcp-client-registration";

    private Registration() {}

    /** The endpoint that the policy is for. */
    public static URI endpoint(TestRealm realm) {
        return URI.create(realm.issuer() + "/clients-registrations/mcp");
    }

    /** The metadata of a public client with refresh tokens. */
    public static Map<String, Object> publicClient(String name, String... redirectUris) {
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("client_name", name);
        metadata.put("redirect_uris", List.of(redirectUris));
        metadata.put("grant_types", List.of("authorization_code", "refresh_token"));
        metadata.put("token_endpoint_auth_method", "none");
        return metadata;
    }

    /** Registers a client with an initial access token. */
    public static Reply invited(TestRealm realm, Object metadata) {
        String token = realm.admin()
                .clientInitialAccess()
                .create(new ClientInitialAccessCreatePresentation(60, 1))
                .getToken();
        return realm.oauth().postJson(endpoint(realm), metadata, token);
    }

    /** Adds the policy to a realm. */
    public static void admit(TestRealm realm, String kind, Map<String, List<String>> configuration) {
        ComponentRepresentation policy = new ComponentRepresentation();
        policy.setName("MCP");
        policy.setProviderId(MCP);
        policy.setProviderType(TYPE);
        policy.setSubType(kind);
        policy.setConfig(new MultivaluedHashMap<>(configuration));
        try (Response response = realm.admin().components().add(policy)) {
            assertThat(response.getStatus()).isEqualTo(201);
        }
    }

    /** Replaces the configuration. */
    public static void configure(TestRealm realm, String kind, Map<String, List<String>> configuration) {
        ComponentRepresentation policy = find(realm, kind);
        policy.setConfig(new MultivaluedHashMap<>(configuration));
        realm.admin().components().component(policy.getId()).update(policy);
    }

    public static ComponentRepresentation find(TestRealm realm, String kind) {
        return realm.admin().components().query(null, TYPE).stream()
                .filter(policy -> policy.getProviderId().equals(MCP))
                .filter(policy -> policy.getSubType().equals(kind))
                .findFirst()
                .orElseThrow();
    }
}

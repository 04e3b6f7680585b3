package dev.keycloakmcp.itest.realm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.server.TestRealm;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import org.keycloak.common.util.MultivaluedHashMap;
import org.keycloak.representations.idm.ComponentRepresentation;

/** The policy {@code mcp-client-registration} of a realm, for one kind of registration. */
public final class Registration {

    private static final String TYPE = "org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy";
    private static final String MCP = "mcp-client-registration";

    private Registration() {}

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

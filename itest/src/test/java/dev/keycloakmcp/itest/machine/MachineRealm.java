package dev.keycloakmcp.itest.machine;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import dev.keycloakmcp.itest.oauth.Keys;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.RealmBuilder;
import dev.keycloakmcp.itest.server.ClientPolicy;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.keycloak.representations.idm.EventRepresentation;

/**
 * A realm with three MCP servers and agents of every kind.
 *
 * <p>{@code crm} and {@code billing} understand scopes of their own and both {@code mcp:tools}; {@code hr} has a scope
 * that no agent holds.
 */
final class MachineRealm {

    static final String CRM = "https://crm.example.com/mcp";
    static final String BILLING = "https://billing.example.com/mcp";
    static final String HR = "https://hr.example.com/mcp";
    static final String SECRET = "not-a-secret";

    /** Scopes of two servers, by secret. */
    static final String AGENT = "agent";
    /** Scopes of two servers, by a key. */
    static final String KEY_AGENT = "key-agent";
    /** One server's scope by default, so that nothing has to be named. */
    static final String SIMPLE_AGENT = "simple-agent";
    /** Scopes of two servers, allowed at one. */
    static final String BOUND_AGENT = "bound-agent";
    /** A service account that has nothing to do with MCP. */
    static final String BATCH_JOB = "batch-job";

    static final RSAKey KEY = Keys.rsa("agent-key");

    private MachineRealm() {}

    /** With both executors; the configuration is that of the machine executor. */
    static TestRealm create(KeycloakServer server, Map<String, ?> configuration) {
        return parts().policies(policy(configuration)).create(server, "machine");
    }

    /** The same clients, and no policy. */
    static TestRealm createWithoutPolicy(KeycloakServer server) {
        return parts().create(server, "machine");
    }

    /** Replaces the configuration of the machine executor. */
    static void configure(TestRealm realm, Map<String, ?> configuration) {
        ClientPolicy.replace(realm.admin(), List.of(policy(configuration)));
    }

    private static RealmBuilder parts() {
        return RealmBuilder.realm()
                .events("CLIENT_LOGIN", "TOKEN_EXCHANGE", "REFRESH_TOKEN")
                .scopes("crm:read", "crm:write", "billing:read", "hr:read", "mcp:tools", "inventory:read")
                .clients(
                        server("crm", CRM, "crm:read", "crm:write", "mcp:tools"),
                        server("billing", BILLING, "billing:read", "mcp:tools"),
                        server("hr", HR, "hr:read"),
                        agent(AGENT, "crm:read", "crm:write", "billing:read", "mcp:tools", "inventory:read"),
                        keyAgent(KEY_AGENT, "crm:read", "crm:write", "billing:read"),
                        agent(SIMPLE_AGENT, "crm:write").defaults("basic", "crm:read"),
                        agent(BOUND_AGENT, "crm:read", "billing:read")
                                .attribute("mcp.allowed-resources", CRM + " https://gone.example.com/mcp"),
                        agent(BATCH_JOB, "inventory:read").defaults("basic", "profile", "email", "roles"));
    }

    static Client server(String id, String url, String... scopes) {
        return Client.server(id, SECRET, url, scopes).defaults("basic").optional();
    }

    /** An agent with nothing but optional scopes. */
    static Client agent(String id, String... optionalScopes) {
        return Client.agent(id, SECRET).defaults("basic").optional(optionalScopes);
    }

    /** An agent that authenticates by {@link #KEY}. */
    static Client keyAgent(String id, String... optionalScopes) {
        return agent(id, optionalScopes).keys(new JWKSet(KEY.toPublicJWK()).toString());
    }

    /** Both executors are rolled out together. */
    static ClientPolicy policy(Map<String, ?> configuration) {
        Map<String, Map<String, ?>> executors = new LinkedHashMap<>();
        executors.put(
                "mcp-resource-indicator",
                configuration.containsKey("enforcement")
                        ? Map.of("enforcement", configuration.get("enforcement"))
                        : Map.of());
        executors.put("mcp-client-credentials", configuration);
        return ClientPolicy.mcp(executors);
    }

    static long sessions(TestRealm realm, String clientId) {
        var client = realm.clientResource(clientId);
        return client.getApplicationSessionCount().get("count")
                + client.getOfflineSessionCount().get("count");
    }

    /** The newest event of the client. */
    static EventRepresentation lastEvent(TestRealm realm, String clientId) {
        return realm.admin()
                .getEvents(null, clientId, null, null, null, null, 0, 1)
                .get(0);
    }
}

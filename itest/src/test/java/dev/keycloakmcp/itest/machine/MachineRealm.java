package dev.keycloakmcp.itest.machine;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import dev.keycloakmcp.itest.server.ClientPolicy;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.EventRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;

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

    static final RSAKey KEY = key();

    private static final ObjectMapper JSON = new ObjectMapper();

    private MachineRealm() {}

    /** With both executors; the configuration is that of the machine executor. */
    static TestRealm create(KeycloakServer server, Map<String, ?> configuration) {
        RealmRepresentation realm = representation();
        policy(configuration).into(realm);
        return TestRealm.create(server, realm);
    }

    /** The same clients, and no policy. */
    static TestRealm createWithoutPolicy(KeycloakServer server) {
        return TestRealm.create(server, representation());
    }

    /** Replaces the configuration of the machine executor. */
    static void configure(TestRealm realm, Map<String, ?> configuration) {
        ClientPolicy.replace(realm.admin(), List.of(policy(configuration)));
    }

    static RealmRepresentation representation() {
        RealmRepresentation realm = new RealmRepresentation();
        realm.setRealm("machine-" + UUID.randomUUID().toString().substring(0, 8));
        realm.setEnabled(true);
        realm.setEventsEnabled(true);
        realm.setEnabledEventTypes(List.of(
                "CLIENT_LOGIN",
                "CLIENT_LOGIN_ERROR",
                "TOKEN_EXCHANGE",
                "TOKEN_EXCHANGE_ERROR",
                "REFRESH_TOKEN",
                "REFRESH_TOKEN_ERROR"));
        realm.setClientScopes(List.of(
                scope("crm:read"),
                scope("crm:write"),
                scope("billing:read"),
                scope("hr:read"),
                scope("mcp:tools"),
                scope("inventory:read")));
        realm.setAttributes(Map.of("CreateDefaultClientScopes", "true"));
        realm.setClients(new ArrayList<>(List.of(
                server("crm", CRM, "crm:read crm:write mcp:tools"),
                server("billing", BILLING, "billing:read mcp:tools"),
                server("hr", HR, "hr:read"),
                agent(
                        AGENT,
                        List.of(),
                        List.of("crm:read", "crm:write", "billing:read", "mcp:tools", "inventory:read")),
                withKey(agent(KEY_AGENT, List.of(), List.of("crm:read", "crm:write", "billing:read"))),
                agent(SIMPLE_AGENT, List.of("crm:read"), List.of("crm:write")),
                with(
                        agent(BOUND_AGENT, List.of(), List.of("crm:read", "billing:read")),
                        "mcp.allowed-resources",
                        CRM + " https://gone.example.com/mcp"),
                agent(BATCH_JOB, List.of("profile", "email", "roles"), List.of("inventory:read")))));
        return realm;
    }

    static ClientScopeRepresentation scope(String name) {
        ClientScopeRepresentation scope = new ClientScopeRepresentation();
        scope.setName(name);
        scope.setProtocol("openid-connect");
        scope.setAttributes(Map.of("include.in.token.scope", "true"));
        return scope;
    }

    static ClientRepresentation server(String id, String url, String scopes) {
        ClientRepresentation client = confidential(id, List.of("basic"), List.of());
        client.setServiceAccountsEnabled(false);
        client.setAttributes(new HashMap<>(Map.of("resource_url", url, "mcp.scopes", scopes)));
        return client;
    }

    static ClientRepresentation agent(String id, List<String> defaultScopes, List<String> optionalScopes) {
        List<String> all = new ArrayList<>(defaultScopes);
        all.add("basic");
        ClientRepresentation client = confidential(id, all, optionalScopes);
        client.setServiceAccountsEnabled(true);
        client.setAttributes(new HashMap<>());
        return client;
    }

    static ClientRepresentation with(ClientRepresentation client, String attribute, String value) {
        client.getAttributes().put(attribute, value);
        return client;
    }

    static ClientRepresentation withKey(ClientRepresentation client) {
        client.setSecret(null);
        client.setClientAuthenticatorType("client-jwt");
        with(client, "use.jwks.string", "true");
        return with(client, "jwks.string", new JWKSet(KEY.toPublicJWK()).toString());
    }

    static ProtocolMapperRepresentation mapper(String name, String type, Map<String, String> configuration) {
        ProtocolMapperRepresentation mapper = new ProtocolMapperRepresentation();
        mapper.setName(name);
        mapper.setProtocol("openid-connect");
        mapper.setProtocolMapper(type);
        mapper.setConfig(new HashMap<>(configuration));
        return mapper;
    }

    private static ClientRepresentation confidential(String id, List<String> defaultScopes, List<String> optional) {
        ClientRepresentation client = new ClientRepresentation();
        client.setClientId(id);
        client.setSecret(SECRET);
        client.setStandardFlowEnabled(false);
        client.setFullScopeAllowed(true);
        client.setDefaultClientScopes(defaultScopes);
        client.setOptionalClientScopes(optional);
        return client;
    }

    static ClientPolicy policy(Map<String, ?> configuration) {
        Map<String, Map<String, ?>> executors = new LinkedHashMap<>();
        executors.put("mcp-resource-indicator", reported(configuration));
        executors.put("mcp-client-credentials", configuration);
        return ClientPolicy.mcp(executors);
    }

    /** Both executors are rolled out together. */
    private static Map<String, Object> reported(Map<String, ?> configuration) {
        Map<String, Object> same = new LinkedHashMap<>();
        if (configuration.containsKey("enforcement")) {
            same.put("enforcement", configuration.get("enforcement"));
        }
        return same;
    }

    static ClientRepresentation find(TestRealm realm, String clientId) {
        return realm.admin().clients().findByClientId(clientId).get(0);
    }

    static String serviceAccount(TestRealm realm, String clientId) {
        return realm.admin()
                .clients()
                .get(find(realm, clientId).getId())
                .getServiceAccountUser()
                .getId();
    }

    static long sessions(TestRealm realm, String clientId) {
        var client = realm.admin().clients().get(find(realm, clientId).getId());
        return client.getApplicationSessionCount().get("count")
                + client.getOfflineSessionCount().get("count");
    }

    /** The newest event of the client. */
    static EventRepresentation lastEvent(TestRealm realm, String clientId) {
        return realm.admin()
                .getEvents(null, clientId, null, null, null, null, 0, 1)
                .get(0);
    }

    private static RSAKey key() {
        try {
            return new RSAKeyGenerator(2048)
                    .keyID("agent-key")
                    .keyUse(KeyUse.SIGNATURE)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }
}

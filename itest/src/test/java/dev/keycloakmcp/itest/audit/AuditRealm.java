package dev.keycloakmcp.itest.audit;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.AgentRealm;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.RealmBuilder;
import dev.keycloakmcp.itest.server.ClientPolicy;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A mesh with an audit trail: the agents {@code gateway} and {@code specialist}, the MCP servers {@code crm} and {@code
 * billing}, and registration for everybody.
 */
final class AuditRealm extends AgentRealm {

    static final List<String> SERVERS = List.of("gateway", "specialist", "crm", "billing");

    private AuditRealm(TestRealm realm) {
        super(realm);
    }

    static AuditRealm create(KeycloakServer server, List<String> users) {
        return create(server, users, realm -> {});
    }

    /** With further parts, which come last. */
    static AuditRealm create(KeycloakServer server, List<String> users, Consumer<RealmBuilder> further) {
        RealmBuilder realm = audited(users)
                .policies(policy("enforce"))
                .registration("anonymous", Map.of("max-registrations-per-source", List.of("0")));
        further.accept(realm);
        return new AuditRealm(realm.create(server, "audit"));
    }

    static AuditRealm createWithoutPolicies(KeycloakServer server, List<String> users) {
        return new AuditRealm(audited(users).create(server, "audit"));
    }

    private static RealmBuilder audited(List<String> users) {
        return parts(SERVERS)
                .users(users.toArray(String[]::new))
                .settings(settings -> settings.setEventsListeners(List.of("jboss-logging", "mcp-audit")));
    }

    /** An app whose tokens hold roles and a profile, where no policy takes them away. */
    static Client shop() {
        return Client.application("shop", REDIRECT)
                .fullScope(true)
                .defaults("basic", "roles", "profile", "mcp-actor")
                .optional("crm:use");
    }

    static ClientPolicy policy(String enforcement) {
        Map<String, Map<String, ?>> executors = new LinkedHashMap<>();
        List.of("mcp-resource-indicator", "mcp-client-credentials", "mcp-delegation")
                .forEach(id -> executors.put(id, Map.of("enforcement", enforcement)));
        return ClientPolicy.mcp(executors);
    }

    Reply signIn(String user, String server) {
        return signIn(user, target(server));
    }

    Reply register(String name) {
        return oauth().register(
                        "mcp",
                        Map.of(
                                "client_name",
                                name,
                                "redirect_uris",
                                List.of("http://127.0.0.1/callback"),
                                "token_endpoint_auth_method",
                                "none"));
    }

    /** Below {@code /admin/realms/{realm}/mcp/}. */
    URI uriOf(String path) {
        return adminUri("mcp/" + path);
    }

    Reply ask(String path) {
        return oauth().get(uriOf(path), server().adminToken());
    }

    /** All rows that meet a query, newest first. */
    List<JsonNode> rows(String query) {
        List<JsonNode> rows = new ArrayList<>();
        Optional<URI> next = Optional.of(uriOf("delegations" + query));
        while (next.isPresent()) {
            Reply page = oauth().get(next.get(), server().adminToken()).expect(200);
            page.json().forEach(rows::add);
            next = page.next();
        }
        return rows;
    }

    static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}

package dev.keycloakmcp.itest.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.itest.realm.RealmBuilder;
import dev.keycloakmcp.itest.server.RealmFile;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.Map;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ScopeMappingRepresentation;

/** The client that the audit page signs in with, as {@code realm-config} ships it, and people to sign in. */
final class AuditConsole {

    static final String CLIENT_ID = "mcp-audit-console";

    private static final ObjectMapper JSON = new ObjectMapper();

    private AuditConsole() {}

    /** Adds the client. */
    static void addTo(RealmBuilder parts) {
        parts.with(AuditConsole::add);
    }

    private static void add(TestRealm realm) {
        try {
            JsonNode shipped = JSON.readTree(RealmFile.read(RealmFile.AGENT_MESH, Map.of()));
            JsonNode client = shipped.get("clients")
                    .valueStream()
                    .filter(each -> CLIENT_ID.equals(each.get("clientId").asText()))
                    .findFirst()
                    .orElseThrow();
            String text = client.toString().replace("/realms/agent-mesh/", "/realms/" + realm.name() + "/");
            realm.add(JSON.readValue(text, ClientRepresentation.class));
            for (ScopeMappingRepresentation mapping : JSON.convertValue(
                    shipped.at("/clientScopeMappings/realm-management"), ScopeMappingRepresentation[].class)) {
                realm.mapRoles(
                        mapping.getClient(),
                        "realm-management",
                        mapping.getRoles().toArray(String[]::new));
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static URI page(TestRealm realm) {
        return URI.create(realm.issuer() + "/mcp-audit/");
    }

    /** A view of the page, as in {@code timeline?subject=alice}. */
    static URI page(TestRealm realm, String view) {
        return URI.create(page(realm) + "#/" + view);
    }
}

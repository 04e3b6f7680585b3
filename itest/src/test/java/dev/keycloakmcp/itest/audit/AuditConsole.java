package dev.keycloakmcp.itest.audit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.itest.server.RealmFile;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;
import org.keycloak.representations.idm.ScopeMappingRepresentation;

/** The client that the audit page signs in with, as {@code realm-config} ships it, and people to sign in. */
final class AuditConsole {

    static final String CLIENT_ID = "mcp-audit-console";

    private static final ObjectMapper JSON = new ObjectMapper();

    private AuditConsole() {}

    /** Adds the client to a realm that is about to be created. */
    static void addTo(RealmRepresentation realm) {
        try {
            JsonNode shipped = JSON.readTree(RealmFile.read(RealmFile.AGENT_MESH, Map.of()));
            JsonNode client = shipped.get("clients")
                    .valueStream()
                    .filter(each -> CLIENT_ID.equals(each.get("clientId").asText()))
                    .findFirst()
                    .orElseThrow();
            String text = client.toString().replace("/realms/agent-mesh/", "/realms/" + realm.getRealm() + "/");
            realm.setClients(Stream.concat(
                            realm.getClients().stream(), Stream.of(JSON.readValue(text, ClientRepresentation.class)))
                    .toList());
            realm.setClientScopeMappings(Map.of(
                    "realm-management",
                    Arrays.asList(JSON.convertValue(
                            shipped.at("/clientScopeMappings/realm-management"), ScopeMappingRepresentation[].class))));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A user whose password is the name, with roles of {@code realm-management}. */
    static void addAuditor(TestRealm realm, String name, String... roles) {
        String user = realm.addUser(name, name);
        String management = realm.admin()
                .clients()
                .findByClientId("realm-management")
                .get(0)
                .getId();
        for (String role : roles) {
            RoleRepresentation granted =
                    realm.admin().clients().get(management).roles().get(role).toRepresentation();
            realm.admin().users().get(user).roles().clientLevel(management).add(List.of(granted));
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

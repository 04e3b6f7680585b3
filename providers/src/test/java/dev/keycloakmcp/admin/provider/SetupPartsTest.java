package dev.keycloakmcp.admin.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.keycloakmcp.admin.Setup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** The set-up that existing realms get is the one of the realm to import. */
class SetupPartsTest {

    private static final JsonNode REALM = read("../realm-config/agent-mesh-realm.json");
    private static final JsonNode PARTS = read("src/main/resources/mcp-setup.json");

    private static JsonNode read(String file) {
        try {
            return new ObjectMapper().readTree(Path.of(file).toFile());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode part(JsonNode realm, String list, String key, String name) {
        return StreamSupport.stream(realm.at(list).spliterator(), false)
                .filter(each -> each.get(key).asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static void same(String list, String key, String name) {
        assertThat(part(PARTS, list, key, name)).isEqualTo(part(REALM, list, key, name));
    }

    @Test
    void each_part_is_the_one_of_the_realm_file() {
        same("/clientScopes", "name", Setup.SCOPE);
        same("/clientProfiles/profiles", "name", Setup.NAME);
        same("/clientPolicies/policies", "name", Setup.NAME);
    }

    @Test
    void there_is_one_of_each() {
        assertThat(PARTS.at("/clientScopes")).hasSize(1);
        assertThat(PARTS.at("/clientProfiles/profiles")).hasSize(1);
        assertThat(PARTS.at("/clientPolicies/policies")).hasSize(1);
        assertThat(PARTS.at("/clients")).hasSize(1);
        assertThat(PARTS.at("/clients/0/clientId").asText()).isEqualTo(Setup.CONSOLE);
    }
}

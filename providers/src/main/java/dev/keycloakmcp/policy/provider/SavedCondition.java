package dev.keycloakmcp.policy.provider;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import org.keycloak.representations.idm.ClientPolicyConditionRepresentation;
import org.keycloak.util.JsonSerialization;

/** Reads the configuration of a condition that an administrator saves. */
final class SavedCondition {

    private SavedCondition() {}

    /** The texts of a key, which may be one or a list. */
    static List<String> texts(ClientPolicyConditionRepresentation condition, String key) {
        // By way of JSON: the type of the configuration differs between versions of Keycloak.
        JsonNode value = JsonSerialization.mapper
                .valueToTree(condition)
                .path("configuration")
                .path(key);
        Stream<JsonNode> values = value.isArray() ? value.valueStream() : Stream.of(value);
        return values.map(JsonNode::asText)
                .filter(text -> !text.isBlank() && !"null".equals(text))
                .toList();
    }
}

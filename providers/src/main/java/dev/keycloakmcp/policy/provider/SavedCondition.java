package dev.keycloakmcp.policy.provider;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.representations.idm.ClientPolicyConditionRepresentation;

/** Reads the configuration of a condition that an administrator saves. */
final class SavedCondition {

    private SavedCondition() {}

    /** The texts of a key, which may be one or a list. */
    static List<String> texts(ClientPolicyConditionRepresentation condition, String key) {
        @Nullable JsonNode configuration = condition.getConfiguration();
        JsonNode value = configuration == null
                ? com.fasterxml.jackson.databind.node.MissingNode.getInstance()
                : configuration.path(key);
        Stream<JsonNode> values = value.isArray() ? value.valueStream() : Stream.of(value);
        return values.map(JsonNode::asText)
                .filter(text -> !text.isBlank() && !"null".equals(text))
                .toList();
    }
}

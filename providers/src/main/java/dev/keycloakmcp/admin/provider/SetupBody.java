package dev.keycloakmcp.admin.provider;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.policy.ExecutorSettings;
import java.util.Arrays;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import org.keycloak.util.JsonSerialization;

/** The body of {@code PUT setup}: {@code {"enforcement": "enforce" | "report"}}, or none. */
final class SetupBody {

    private static final ObjectReader STRICT = JsonSerialization.mapper
            .reader()
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private SetupBody() {}

    /** The mode that it asks for; refused where it holds anything else. */
    static EnforcementMode enforcement(@Nullable String body) {
        if (body == null || body.isBlank()) {
            return EnforcementMode.ENFORCE;
        }
        JsonNode members = members(body);
        for (Iterator<String> names = members.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!name.equals(ExecutorSettings.ENFORCEMENT.key())) {
                throw AdminRequest.invalid("Unknown member " + name);
            }
        }
        JsonNode value = members.get(ExecutorSettings.ENFORCEMENT.key());
        return value == null ? EnforcementMode.ENFORCE : mode(value);
    }

    private static JsonNode members(String body) {
        try {
            JsonNode members = STRICT.readTree(body);
            if (members.isObject()) {
                return members;
            }
        } catch (JsonProcessingException e) {
            // answered below
        }
        throw AdminRequest.invalid("The body must be a JSON object");
    }

    private static EnforcementMode mode(JsonNode value) {
        return Arrays.stream(EnforcementMode.values())
                .filter(mode -> value.isTextual() && mode.value().equals(value.asText()))
                .findFirst()
                .orElseThrow(
                        () -> AdminRequest.invalid(ExecutorSettings.ENFORCEMENT.key() + " must be enforce or report"));
    }
}

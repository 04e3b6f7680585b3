package dev.keycloakmcp.registration.provider;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.registration.ClientMetadata;
import dev.keycloakmcp.registration.ClientMetadataReader;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads request bodies: one JSON object, every member once, nothing behind it. */
final class RegistrationBody {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};

    private RegistrationBody() {}

    static Decision<ClientMetadata> read(@Nullable String body) {
        if (body == null || body.isBlank()) {
            return Decision.deny(ReasonCode.METADATA_MALFORMED, "the body is empty; send client metadata as JSON");
        }
        if (body.length() > ClientMetadataReader.MAX_BODY) {
            return Decision.deny(
                    ReasonCode.METADATA_MALFORMED,
                    "the body is longer than " + ClientMetadataReader.MAX_BODY + " characters");
        }
        try {
            @Nullable Map<String, Object> members = JSON.readValue(body, OBJECT);
            return members == null ? notAnObject() : ClientMetadataReader.read(members);
        } catch (JsonProcessingException e) {
            return notAnObject();
        }
    }

    private static Decision<ClientMetadata> notAnObject() {
        return Decision.deny(
                ReasonCode.METADATA_MALFORMED, "the body is not a JSON object with every member at most once");
    }
}

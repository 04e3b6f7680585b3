package dev.keycloakmcp.admin.provider;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.keycloak.util.JsonSerialization;

/** The JSON object of a request. Unknown members, and values of other types, are refused instead of ignored. */
final class JsonBody {

    private static final ObjectReader STRICT = JsonSerialization.mapper
            .reader()
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private final JsonNode members;

    private JsonBody(JsonNode members) {
        this.members = members;
    }

    /** The body, of which no others than these members are taken. */
    static JsonBody read(@Nullable String body, String... known) {
        JsonNode members = members(body == null ? "" : body);
        for (Iterator<String> names = members.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!Set.of(known).contains(name)) {
                throw AdminRequest.invalid("Unknown member " + name);
            }
        }
        return new JsonBody(members);
    }

    private static JsonNode members(String body) {
        try {
            JsonNode members = STRICT.readTree(body);
            if (members != null && members.isObject()) {
                return members;
            }
        } catch (JsonProcessingException e) {
            // answered below
        }
        throw AdminRequest.invalid("The body must be a JSON object");
    }

    Optional<JsonNode> member(String name) {
        return Optional.ofNullable(members.get(name));
    }

    Optional<String> text(String name) {
        return member(name).map(value -> text(name, value));
    }

    String required(String name) {
        return text(name).orElseThrow(() -> AdminRequest.invalid(name + " is missing"));
    }

    /** An array of texts; empty where it is not there. */
    List<String> texts(String name) {
        return member(name)
                .map(value -> {
                    if (!value.isArray()) {
                        throw AdminRequest.invalid(name + " must be an array of texts");
                    }
                    return StreamSupport.stream(value.spliterator(), false)
                            .map(each -> text(name, each))
                            .toList();
                })
                .orElse(List.of());
    }

    /** An object of texts; empty where it is not there. */
    Map<String, String> textsByName(String name) {
        Map<String, String> texts = new LinkedHashMap<>();
        object(name).ifPresent(value -> value.properties()
                .forEach(member -> texts.put(member.getKey(), text(name, member.getValue()))));
        return texts;
    }

    /** An object of anything. */
    Optional<Map<String, Object>> tree(String name) {
        return object(name).map(value -> JsonSerialization.mapper.convertValue(value, new TypeReference<>() {}));
    }

    private Optional<JsonNode> object(String name) {
        return member(name).map(value -> {
            if (!value.isObject()) {
                throw AdminRequest.invalid(name + " must be an object");
            }
            return value;
        });
    }

    private static String text(String name, JsonNode value) {
        if (!value.isTextual()) {
            throw AdminRequest.invalid(name + " must be text");
        }
        return value.asText();
    }
}

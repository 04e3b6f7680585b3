package dev.keycloakmcp.admin.provider;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.keycloakmcp.admin.ExplainRequest;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.support.StoredText;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.util.JsonSerialization;

/** The body of {@code POST explain}. Unknown members, and values that cannot be read, are refused instead of ignored. */
final class ExplainBody {

    private static final String GRANT = "grant";
    private static final String CLIENT = "client";
    private static final String USER = "user";
    private static final String SCOPE = "scope";
    private static final String RESOURCE = "resource";
    private static final String CHAIN = "chain";
    private static final String ENFORCEMENT = "enforcement";
    private static final Set<String> KNOWN = Set.of(GRANT, CLIENT, USER, SCOPE, RESOURCE, CHAIN, ENFORCEMENT);

    private static final int LONGEST = 4000;

    private static final ObjectReader STRICT = JsonSerialization.mapper
            .reader()
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    private final JsonNode members;

    private ExplainBody(JsonNode members) {
        this.members = members;
    }

    static ExplainRequest read(@Nullable String body) {
        ExplainBody read = new ExplainBody(members(body == null ? "" : body));
        for (Iterator<String> names = read.members.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!KNOWN.contains(name)) {
                throw AdminRequest.invalid("Unknown member " + name);
            }
        }
        ExplainRequest request = new ExplainRequest(
                ExplainRequest.Grant.of(read.required(GRANT))
                        .orElseThrow(
                                () -> AdminRequest.invalid("grant must be one of authorization_code, refresh_token,"
                                        + " client_credentials, token_exchange")),
                read.required(CLIENT),
                read.text(USER),
                read.text(SCOPE),
                read.text(RESOURCE),
                read.chain(),
                read.isEnforced());
        request.problem().ifPresent(problem -> {
            throw AdminRequest.invalid(problem);
        });
        return request;
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

    private String required(String name) {
        return text(name).orElseThrow(() -> AdminRequest.invalid(name + " is missing"));
    }

    /** A parameter without a value is absent, as it is in requests. */
    private Optional<String> text(String name) {
        return Optional.ofNullable(members.get(name))
                .filter(value -> !value.isNull())
                .map(value -> text(name, value))
                .filter(value -> !value.isBlank());
    }

    private static String text(String name, JsonNode value) {
        if (!value.isTextual() || !StoredText.fit(value.asText(), LONGEST).equals(value.asText())) {
            throw AdminRequest.invalid(name + " must be a text of at most " + LONGEST
                    + " characters, none of which is a control character");
        }
        return value.asText();
    }

    private List<String> chain() {
        List<String> chain = new ArrayList<>();
        JsonNode value = members.get(CHAIN);
        if (value == null || value.isNull()) {
            return chain;
        }
        if (!value.isArray() || value.size() > ActorChain.MAX_DEPTH) {
            throw AdminRequest.invalid("chain must be a list of at most " + ActorChain.MAX_DEPTH + " client ids");
        }
        value.forEach(each -> chain.add(text(CHAIN, each)));
        return chain;
    }

    private boolean isEnforced() {
        return text(ENFORCEMENT)
                .map(text -> switch (text) {
                    case "enforce" -> true;
                    case "configured" -> false;
                    default -> throw AdminRequest.invalid("enforcement must be configured or enforce");
                })
                .orElse(false);
    }
}

package dev.keycloakmcp.registration;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON object of a registration request. Members that are not known, localised ones such as
 * {@code client_name#fr} included, are ignored (RFC 7591 section 2); known ones have to be well formed.
 */
public final class ClientMetadataReader {

    /** Longest body in characters. */
    public static final int MAX_BODY = 64 * 1024;

    private static final int MAX_REDIRECT_URIS = 20;
    private static final int MAX_CONTACTS = 10;
    private static final int MAX_LIST = 200;
    private static final int MAX_URL = 2048;

    private final Map<String, ?> members;
    private Decision.@Nullable Deny<ClientMetadata> problem;

    private ClientMetadataReader(Map<String, ?> members) {
        this.members = members;
    }

    /**
     * Reads a request.
     *
     * @param members the JSON object: maps, lists, strings, numbers, booleans and nulls
     * @return the metadata, or the first problem found
     */
    public static Decision<ClientMetadata> read(Map<String, ?> members) {
        ClientMetadataReader reader = new ClientMetadataReader(members);
        ClientMetadata metadata = reader.read();
        return reader.problem == null ? Decision.allow(metadata) : reader.problem;
    }

    private ClientMetadata read() {
        List<String> redirectUris = list("redirect_uris", MAX_REDIRECT_URIS, RedirectUriRule.MAX_LENGTH * 4, false);
        return new ClientMetadata(
                name(),
                redirectUris,
                list("grant_types", MAX_LIST, DisplayText.MAX_LENGTH, false),
                list("response_types", MAX_LIST, DisplayText.MAX_LENGTH, false),
                text("token_endpoint_auth_method", DisplayText.MAX_LENGTH),
                flag("dpop_bound_access_tokens"),
                scopes(),
                description(),
                text("jwks_uri", MAX_URL),
                jwks(),
                text("client_id", DisplayText.MAX_LENGTH),
                text("client_secret", MAX_URL));
    }

    private SoftwareDescription description() {
        return new SoftwareDescription(
                text("application_type", DisplayText.MAX_LENGTH),
                link("client_uri", DisplayText.MAX_LENGTH),
                link("logo_uri", MAX_URL),
                link("tos_uri", MAX_URL),
                link("policy_uri", MAX_URL),
                text("software_id", DisplayText.MAX_LENGTH),
                text("software_version", DisplayText.MAX_LENGTH),
                list("contacts", MAX_CONTACTS, DisplayText.MAX_LENGTH, true));
    }

    /** A link for people decides nothing: one that cannot be shown is no reason to refuse. */
    private Optional<String> link(String member, int longest) {
        return members.get(member) instanceof String text
                        && text.length() <= longest
                        && HttpsUrl.parse(text).isPresent()
                ? Optional.of(text)
                : Optional.empty();
    }

    /** Some clients write true and false as texts. */
    private boolean flag(String member) {
        Object value = members.get(member);
        String text = value == null ? "" : String.valueOf(value);
        if (!Set.of("", "true", "false").contains(text)) {
            refuse(ReasonCode.METADATA_MALFORMED, member + " has to be true or false");
        }
        return "true".equals(text);
    }

    private Optional<String> name() {
        Optional<String> name = text("client_name", DisplayText.MAX_LENGTH, ReasonCode.CLIENT_NAME_NOT_ALLOWED);
        if (name.filter(DisplayText::holdsExpression).isPresent()) {
            refuse(ReasonCode.CLIENT_NAME_NOT_ALLOWED, "client_name may not hold ${...}");
        }
        return name;
    }

    private Optional<String> text(String member, int longest) {
        return text(member, longest, ReasonCode.METADATA_MALFORMED);
    }

    private Optional<String> text(String member, int longest, ReasonCode dishonest) {
        Object value = members.get(member);
        if (value == null) {
            return Optional.empty();
        }
        if (!(value instanceof String text)) {
            refuse(ReasonCode.METADATA_MALFORMED, member + " has to be a string");
            return Optional.empty();
        }
        if (text.length() > longest) {
            refuse(ReasonCode.METADATA_MALFORMED, member + " is longer than " + longest + " characters");
            return Optional.empty();
        }
        if (!DisplayText.isHonest(text)) {
            refuse(dishonest, member + " holds control, formatting or bidirectional characters");
            return Optional.empty();
        }
        return text.isBlank() ? Optional.empty() : Optional.of(text);
    }

    private List<String> list(String member, int most, int longest, boolean shown) {
        Object value = members.get(member);
        ReasonCode malformed =
                "redirect_uris".equals(member) ? ReasonCode.REDIRECT_URI_MALFORMED : ReasonCode.METADATA_MALFORMED;
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> values)) {
            refuse(malformed, member + " has to be an array of strings");
            return List.of();
        }
        if (values.size() > most) {
            refuse(malformed, member + " has more than " + most + " elements");
            return List.of();
        }
        Set<String> texts = new LinkedHashSet<>();
        for (Object element : values) {
            if (!(element instanceof String text)) {
                refuse(malformed, member + " has to be an array of strings");
            } else if (text.length() > longest) {
                refuse(malformed, member + " has an element longer than " + longest + " characters");
            } else if (shown && !DisplayText.isHonest(text)) {
                refuse(malformed, member + " holds control, formatting or bidirectional characters");
            } else {
                texts.add(text);
            }
        }
        return List.copyOf(texts);
    }

    private List<String> scopes() {
        Object value = members.get("scope");
        if (value instanceof String text) {
            return split(text);
        }
        List<String> scopes = new ArrayList<>();
        for (String element : list("scope", ClientMetadataReader.MAX_BODY, ClientMetadataReader.MAX_BODY, false)) {
            scopes.addAll(split(element));
        }
        return scopes.stream().distinct().toList();
    }

    private Optional<Map<String, Object>> jwks() {
        Object value = members.get("jwks");
        if (value == null) {
            return Optional.empty();
        }
        Decision<Map<String, Object>> keys = JsonWebKeys.read(value);
        keys.denied().ifPresent(deny -> refuse(deny.reason(), deny.detail()));
        return keys.allowed();
    }

    private void refuse(ReasonCode reason, String detail) {
        if (problem == null) {
            problem = new Decision.Deny<>(reason, detail);
        }
    }

    private static List<String> split(String scopes) {
        List<String> single = new ArrayList<>();
        for (String scope : scopes.split("\\s+", -1)) {
            if (!scope.isEmpty()) {
                single.add(scope);
            }
        }
        return single.stream().distinct().toList();
    }
}

package dev.keycloakmcp.registration;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The public keys of a client (RFC 7517), reduced to what identifies and describes a key. */
public final class JsonWebKeys {

    private static final int MAX_KEYS = 10;
    private static final int MAX_VALUE = 2048;
    private static final Pattern BASE64URL = Pattern.compile("[A-Za-z0-9_-]+");

    /** Parameters of private and symmetric keys (RFC 7518 section 6). */
    private static final Set<String> SECRET = Set.of("d", "p", "q", "dp", "dq", "qi", "oth", "k");

    /** The use of a key that names none; Keycloak passes keys without a use over. */
    private static final String SIGNATURES = "sig";

    private static final Set<String> DESCRIPTION = Set.of("kid", "use", "alg");

    /** The members of a public key, by key type (RFC 7518 section 6, RFC 8037). */
    private static final Map<String, List<String>> PUBLIC =
            Map.of("RSA", List.of("n", "e"), "EC", List.of("x", "y"), "OKP", List.of("x"));

    private static final Map<String, Set<String>> CURVES =
            Map.of("EC", Set.of("P-256", "P-384", "P-521"), "OKP", Set.of("Ed25519", "Ed448"));

    private JsonWebKeys() {}

    /** Reads a key set as sent; unknown parameters of keys are left out. */
    public static Decision<Map<String, Object>> read(Object value) {
        if (!(value instanceof Map<?, ?> set) || !(set.get("keys") instanceof List<?> keys)) {
            return refuse("jwks has to be an object with an array keys (RFC 7517)");
        }
        if (keys.isEmpty() || keys.size() > MAX_KEYS) {
            return refuse("jwks has to hold 1 to " + MAX_KEYS + " keys");
        }
        return Decision.each(keys, JsonWebKeys::key).map(read -> Map.of("keys", read));
    }

    private static Decision<Map<String, Object>> key(Object value) {
        if (!(value instanceof Map<?, ?> key) || !(key.get("kty") instanceof String type)) {
            return refuse("a key in jwks is not an object with a kty");
        }
        if (SECRET.stream().anyMatch(key::containsKey)) {
            return refuse("a key in jwks is private or symmetric; send public keys");
        }
        List<String> parts = PUBLIC.get(type);
        if (parts == null) {
            return refuse("a key in jwks has another kty than RSA, EC or OKP");
        }
        Map<String, Object> read = new LinkedHashMap<>();
        read.put("kty", type);
        Set<String> curves = CURVES.getOrDefault(type, Set.of());
        if (!curves.isEmpty()) {
            if (!(key.get("crv") instanceof String curve) || !curves.contains(curve)) {
                return refuse("a key in jwks has an unknown crv");
            }
            read.put("crv", curve);
        }
        for (String part : parts) {
            if (!(key.get(part) instanceof String text)
                    || text.length() > MAX_VALUE
                    || !BASE64URL.matcher(text).matches()) {
                return refuse("a key in jwks lacks a well-formed " + part);
            }
            read.put(part, text);
        }
        for (String description : DESCRIPTION) {
            Object text = key.get(description);
            if (text != null && !isDescription(text)) {
                return refuse("a key in jwks has a malformed " + description);
            }
            if (text != null) {
                read.put(description, text);
            }
        }
        read.putIfAbsent("use", SIGNATURES);
        return Decision.allow(read);
    }

    private static boolean isDescription(Object value) {
        return value instanceof String text && text.length() <= DisplayText.MAX_LENGTH && DisplayText.isHonest(text);
    }

    private static <T> Decision<T> refuse(String detail) {
        return Decision.deny(ReasonCode.CLIENT_KEYS_NOT_ALLOWED, detail);
    }
}

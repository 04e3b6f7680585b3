package dev.keycloakmcp.registration;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A metadata document at one time: the part that matters to those who said yes to its client.
 *
 * @param redirectUris in the form in which they are compared
 * @param keys public keys as {@link JsonWebKeys} reads them, inline or fetched from {@code jwks_uri}
 */
public record DocumentVersion(
        Optional<String> name, Set<String> redirectUris, AuthMethod method, List<Map<String, Object>> keys) {

    /** Parameters that describe a key; the others are the key. */
    private static final Set<String> DESCRIPTION = Set.of("kid", "use", "alg");

    public DocumentVersion {
        redirectUris = Set.copyOf(redirectUris);
        keys = List.copyOf(keys);
    }

    /** The version of a client that is to be. */
    public static DocumentVersion of(Registration registration, List<Map<String, Object>> keys) {
        return new DocumentVersion(
                registration.name(),
                registration.redirectUris().stream().map(RedirectUri::stored).collect(Collectors.toSet()),
                registration.authMethod(),
                keys);
    }

    /** The difference of a later version. */
    public DocumentChange to(DocumentVersion later) {
        return new DocumentChange(
                !name.equals(later.name),
                !redirectUris.equals(later.redirectUris),
                method != later.method,
                keysTo(later));
    }

    private DocumentChange.Keys keysTo(DocumentVersion later) {
        Set<Map<String, Object>> before = material();
        Set<Map<String, Object>> after = later.material();
        if (before.equals(after)) {
            return DocumentChange.Keys.SAME;
        }
        return before.stream().anyMatch(after::contains) ? DocumentChange.Keys.ROTATED : DocumentChange.Keys.REPLACED;
    }

    private Set<Map<String, Object>> material() {
        return keys.stream().map(DocumentVersion::material).collect(Collectors.toSet());
    }

    private static Map<String, Object> material(Map<String, Object> key) {
        Map<String, Object> material = new HashMap<>(key);
        material.keySet().removeAll(DESCRIPTION);
        return material;
    }
}

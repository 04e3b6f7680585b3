package dev.keycloakmcp.support;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The parameters of a request as OAuth reads them: one without a value is absent (RFC 6749 3.1, 3.2), and a space too many
 * between, before or after scopes means nothing.
 */
public final class PresentParameters {

    private static final String SCOPE = "scope";

    /** Those that have no value either where there is nothing but white space. */
    private static final Set<String> NEVER_BLANK = Set.of(SCOPE, "resource", "audience");

    private PresentParameters() {}

    /** The parameters that have a value, each with its values in their order. */
    public static Map<String, List<String>> of(Map<String, List<String>> sent) {
        Map<String, List<String>> present = new LinkedHashMap<>();
        sent.forEach((name, values) -> {
            List<String> left = values.stream()
                    .map(value -> read(name, value))
                    .filter(value -> !value.isEmpty())
                    .toList();
            if (!left.isEmpty()) {
                present.put(name, left);
            }
        });
        return present;
    }

    private static String read(String name, String value) {
        // Keycloak drops control characters later.
        if (NEVER_BLANK.contains(name) && value.trim().isEmpty()) {
            return "";
        }
        return SCOPE.equals(name) ? value.replaceAll(" +", " ").strip() : value;
    }
}

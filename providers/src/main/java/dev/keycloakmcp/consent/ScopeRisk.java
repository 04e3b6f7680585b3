package dev.keycloakmcp.consent;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The reasons why a scope is risky, by the client scope attribute {@value #ATTRIBUTE}.
 *
 * @param explanation what can happen, in an administrator's words or as a message key in {@code ${}}; empty where the
 *     page says it in general words
 */
public record ScopeRisk(Optional<String> explanation) {

    /** Client scope attribute: absent or {@code low} for none, {@code high}, or what can happen. */
    public static final String ATTRIBUTE = "mcp.risk";

    private static final Set<String> NONE = Set.of("", "low", "none", "false");
    private static final Set<String> GENERAL = Set.of("high", "true");

    /** Empty for scopes that are not marked. */
    public static Optional<ScopeRisk> of(@Nullable String value) {
        String text = value == null ? "" : value.strip();
        String word = text.toLowerCase(Locale.ROOT);
        if (NONE.contains(word)) {
            return Optional.empty();
        }
        return Optional.of(new ScopeRisk(GENERAL.contains(word) ? Optional.empty() : Optional.of(text)));
    }
}

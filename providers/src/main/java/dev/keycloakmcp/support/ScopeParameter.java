package dev.keycloakmcp.support;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A {@code scope} parameter or claim (RFC 6749 section 3.3); the attribute {@code mcp.scopes} is written the same way. */
public final class ScopeParameter {

    private ScopeParameter() {}

    /** The names in it; absent for none, a blank one counts as none. */
    public static Optional<Set<String>> names(@Nullable String parameter) {
        if (parameter == null || parameter.isBlank()) {
            return Optional.empty();
        }
        return Optional.of(Set.copyOf(list(parameter)));
    }

    /** The names in it, each once, in their order; empty for none. */
    public static List<String> list(@Nullable String parameter) {
        return parameter == null
                ? List.of()
                : Arrays.stream(parameter.split("\\s+"))
                        .filter(name -> !name.isEmpty())
                        .distinct()
                        .toList();
    }
}

package dev.keycloakmcp.registration;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The scopes that registered clients of a realm may ask for, worked out once for each kind of registration: a request may
 * name thousands of scopes, and a realm may have thousands.
 *
 * @param <K> kinds of registration
 */
public final class OfferedScopes<K> {

    private final List<K> kinds;
    private final Function<K, Optional<AvailableScopes>> workOut;
    private final Map<K, Optional<AvailableScopes>> known = new HashMap<>();

    /** @param workOut the scopes of clients of a kind; empty where the realm does not admit the kind */
    public OfferedScopes(Collection<K> kinds, Function<K, Optional<AvailableScopes>> workOut) {
        this.kinds = List.copyOf(kinds);
        this.workOut = workOut;
    }

    /** The scopes of clients of a kind. */
    public Optional<AvailableScopes> of(K kind) {
        Optional<AvailableScopes> earlier = known.get(kind);
        if (earlier != null) {
            return earlier;
        }
        Optional<AvailableScopes> scopes = workOut.apply(kind);
        known.put(kind, scopes);
        return scopes;
    }

    /** True when clients of some kind may ask for the scope. */
    public boolean isOfAnyone(String scope) {
        List<String> one = List.of(scope);
        return kinds.stream().flatMap(kind -> of(kind).stream()).anyMatch(available -> available.serves(one));
    }
}

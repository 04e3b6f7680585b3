package dev.keycloakmcp.registration;

import dev.keycloakmcp.resource.McpServers;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The scopes that clients of a policy have.
 *
 * @param defaults the realm's default client scopes, given without being asked for
 * @param optional given when asked for
 */
public record AvailableScopes(Set<String> defaults, Set<String> optional) {

    private static final String OPENID = "openid";

    /**
     * The scopes of a policy.
     *
     * @param known names of all client scopes of the realm
     * @param defaults names of the realm's default client scopes
     */
    public static AvailableScopes of(
            RegistrationPolicy policy, McpServers servers, Collection<String> known, Collection<String> defaults) {
        SortedSet<String> optional = new TreeSet<>();
        for (String scope : known) {
            if (policy.extraScopes().contains(scope) || isOfAllowedServer(policy, servers, scope)) {
                optional.add(scope);
            }
        }
        optional.removeAll(defaults);
        return new AvailableScopes(new TreeSet<>(defaults), optional);
    }

    /** Those of the requested scopes that a client has, in their order; all optional ones where nothing is requested. */
    public List<String> granted(List<String> requested) {
        return requested.isEmpty()
                ? List.copyOf(optional)
                : requested.stream().filter(this::has).collect(Collectors.toUnmodifiableList());
    }

    /**
     * True when a request for the scopes is served, with those that a client has: it has one besides {@code openid}, or
     * nothing else is asked for.
     */
    public boolean serves(Collection<String> requested) {
        return requested.stream().allMatch(OPENID::equals)
                || requested.stream().anyMatch(scope -> !OPENID.equals(scope) && has(scope));
    }

    private boolean has(String scope) {
        return OPENID.equals(scope) || optional.contains(scope) || defaults.contains(scope);
    }

    private static boolean isOfAllowedServer(RegistrationPolicy policy, McpServers servers, String scope) {
        return servers.owningAnyOf(List.of(scope)).stream().anyMatch(policy::allows);
    }
}

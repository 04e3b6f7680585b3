package dev.keycloakmcp.actor;

import java.util.Set;

/**
 * Those who may act for others. Without any they are everybody.
 *
 * @param clientIds client ids
 * @param roles names of roles
 */
public record AllowedActors(Set<String> clientIds, Set<String> roles) {

    /** Everybody. */
    public static final AllowedActors ANY = new AllowedActors(Set.of(), Set.of());

    public AllowedActors {
        clientIds = Set.copyOf(clientIds);
        roles = Set.copyOf(roles);
    }

    /**
     * True when a party may act, by its client id or by a role of its account. A name of the one kind never stands for the
     * other.
     */
    boolean include(String clientId, Set<String> rolesOfAccount) {
        return clientIds.isEmpty() && roles.isEmpty()
                || clientIds.contains(clientId)
                || rolesOfAccount.stream().anyMatch(roles::contains);
    }
}

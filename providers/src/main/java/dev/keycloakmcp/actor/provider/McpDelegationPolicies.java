package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.policy.McpExecutorIds;
import dev.keycloakmcp.policy.RealmPolicies;
import java.util.stream.Stream;
import org.keycloak.models.RealmModel;

/** The delegation policies of a realm, for who looks for mistakes in them. */
public final class McpDelegationPolicies {

    private McpDelegationPolicies() {}

    /** Those who may act for others by the policies of a profile, and are no clients of the realm. */
    public static Stream<String> unknownActors(RealmModel realm, RealmPolicies.Profile profile) {
        return profile.executors().stream()
                .filter(executor -> McpExecutorIds.DELEGATION.equals(executor.providerId()))
                .flatMap(executor ->
                        McpDelegationConfiguration.ALLOWED_ACTORS
                                .read(executor.value(McpDelegationConfiguration.ALLOWED_ACTORS.key()))
                                .stream())
                .filter(clientId -> realm.getClientByClientId(clientId) == null);
    }
}
